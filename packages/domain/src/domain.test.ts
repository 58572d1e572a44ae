import { DELIVERY_STATES, FINAL_DELIVERY_STATES, OPEN_DELIVERY_STATES, ROLES, SILENT_LOG } from './mod.ts'

it('every state of a delivery is either open or final', () => {
  expect([...DELIVERY_STATES].sort()).toEqual([...OPEN_DELIVERY_STATES, ...FINAL_DELIVERY_STATES].sort())
})

it('ROLES lists viewer, technician, operator and admin, in that order', () => {
  expect(ROLES).toEqual(['viewer', 'technician', 'operator', 'admin'])
})

it('SILENT_LOG.error() accepts an event with fields and does not throw', () => {
  expect(() => SILENT_LOG.error('any.event', { field: 1 })).not.toThrow()
})
