import type { DeliveryEvent } from '@paikea/delivery'
import { Pace } from './pace.ts'

const done = (outboundId: number, state: DeliveryEvent['state'] = 'sent'): DeliveryEvent => ({
  ...{ outboundId, state, targetKey: 'modem/1', reason: null },
})

describe('Pace', () => {
  it('holds nothing while nobody tells it of deliveries', () => {
    const pace = new Pace()
    for (let id = 1; id <= 9; id += 1) pace.started('modem/1', id, 0)
    expect(pace.isHeld('modem/1', 0)).toBe(false)
  })

  it('holds a target with four under way until one is done, and no other target', () => {
    const pace = new Pace()
    pace.delivered(done(0))
    for (let id = 1; id <= 4; id += 1) {
      expect(pace.isHeld('modem/1', 0)).toBe(false)
      pace.started('modem/1', id, 0)
    }
    expect([pace.isHeld('modem/1', 0), pace.isHeld('modem/2', 0)]).toEqual([true, false])
    for (const state of ['sending', 'queued', 'parked'] as const) pace.delivered(done(1, state))
    expect(pace.isHeld('modem/1', 0)).toBe(true)
    pace.delivered(done(2))
    expect(pace.isHeld('modem/1', 0)).toBe(false)
  })

  it('forgets what takes long, and what was not started', () => {
    const pace = new Pace()
    pace.delivered(done(0))
    for (let id = 1; id <= 4; id += 1) pace.started('modem/1', id, id)
    pace.notStarted('modem/1', 4)
    expect(pace.isHeld('modem/1', 5)).toBe(false)
    pace.started('modem/1', 5, 5)
    expect(pace.isHeld('modem/1', 6)).toBe(true)
    expect(pace.isHeld('modem/1', 10_002)).toBe(false)
  })
})
