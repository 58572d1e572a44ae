import { DELIVERY_STATES, FINAL_DELIVERY_STATES, OPEN_DELIVERY_STATES, ROLES, SILENT_LOG } from './mod.ts'

it('every state of a delivery is either open or final', () => {
  expect([...DELIVERY_STATES].sort()).toEqual([...OPEN_DELIVERY_STATES, ...FINAL_DELIVERY_STATES].sort())
})

it('the words are those that stand in the database and in the interface', () => {
  expect(ROLES).toEqual(['viewer', 'technician', 'operator', 'admin'])
})

it('the silent log takes everything', () => {
  expect(() => SILENT_LOG.error('any.event', { field: 1 })).not.toThrow()
})
