import { launch } from '../../test/test-sea.ts'

describe('Device', () => {
  it.each(['v2', 'v3'] as const)(
    '%s sends a message again when it missed the acknowledgement, and loses no MT',
    (kind) => {
      const { gateway, device, until } = launch(kind, {
        at: '12:01:00',
        conditions: { lostAcknowledgementProbability: 1 },
      })
      gateway.queue.push('+DATA:PK006,20;')
      until('12:01:51')
      expect(gateway.heard).toHaveLength(1)
      expect(gateway.queue).toHaveLength(1)
      device.conditions = { ...device.conditions, lostAcknowledgementProbability: 0 }
      until('12:02:59')
      expect(gateway.heard.length).toBeGreaterThanOrEqual(2)
      expect(new Set(gateway.heard.map(({ text }) => text)).size).toBe(1)
      expect(gateway.queue).toHaveLength(0)
    },
  )

  it('behaves the same with the same seed, whatever the steps of the clock', () => {
    const stormy = { gpsTimeoutProbability: 0.2, sessionFailureProbability: 0.4, lostAcknowledgementProbability: 0.1 }
    const [one, two] = [launch('v3', { conditions: stormy }), launch('v3', { conditions: stormy })]
    one.until('23:00:00')
    for (let hour = 13; hour <= 23; hour++) two.until(`${hour}:00:00`)
    expect(two.gateway.heard).toEqual(one.gateway.heard)
    expect(new Set(one.gateway.times()).size).toBeGreaterThan(20)
  })

  it('starts over, and reports only once, when it is switched on while it is on', () => {
    const { gateway, device, until } = launch('v3', { at: '12:01:00' })
    until('12:01:40')
    device.powerOn()
    until('12:05:00')
    expect(gateway.times()).toEqual(['12:02:30'])
  })
})
