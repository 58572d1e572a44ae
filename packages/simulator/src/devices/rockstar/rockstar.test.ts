import { launch } from '../../../test/test-sea.ts'

describe('a RockSTAR', () => {
  it('reports at power-on and every ten minutes, from where it has drifted to', () => {
    const { gateway, until } = launch('rockstar')
    until('12:30:00')
    expect(gateway.times()).toEqual(['12:00:50', '12:10:50', '12:20:50'])
    const fixes = gateway.heard.map(({ fix }) => fix)
    expect(fixes.map((fix) => new Date(fix?.atMs ?? 0).toISOString().slice(11, 19))).toEqual([
      ...['12:00:30', '12:10:30', '12:20:30'],
    ])
    expect(new Set(fixes.map((fix) => fix?.latitudeDegrees)).size).toBe(3)
    for (const fix of fixes) {
      expect(fix?.latitudeDegrees).toBeCloseTo(36.5, 1)
      expect(fix?.longitudeDegrees).toBeCloseTo(-125, 1)
      expect(fix?.sogKnots).toBeLessThan(2)
    }
  })

  it('fetches no text with a report', () => {
    const { gateway, until } = launch('rockstar')
    gateway.queue.push('hello')
    until('12:11:00')
    expect(gateway.times()).toHaveLength(2)
    expect(gateway.queue).toEqual(['hello'])
  })

  it('skips a report without a fix', () => {
    const { gateway, device, until } = launch('rockstar', { conditions: { gps: false } })
    until('12:09:00')
    expect(gateway.heard).toEqual([])
    device.conditions = { ...device.conditions, gps: true }
    until('12:11:00')
    expect(gateway.times()).toEqual(['12:10:50'])
  })

  it('retries every minute with the same fix, until the next report replaces it', () => {
    const { gateway, device, until } = launch('rockstar', { conditions: { satellite: false } })
    until('12:03:00')
    device.conditions = { ...device.conditions, satellite: true }
    until('12:04:00')
    // In vain at 12:00:50 and 12:02:10.
    expect(gateway.heard.map(({ time, fix }) => [time, new Date(fix?.atMs ?? 0).toISOString().slice(11, 19)])).toEqual([
      ['12:03:30', '12:00:30'],
    ])
    device.conditions = { ...device.conditions, satellite: false }
    until('12:21:00')
    expect(device.view()?.phase).toMatch(/^(pausing|sending)$/)
    device.conditions = { ...device.conditions, satellite: true }
    until('12:23:00')
    expect(gateway.heard).toHaveLength(2)
    expect(new Date(gateway.heard[1]?.fix?.atMs ?? 0).toISOString().slice(11, 16)).toBe('12:20')
  })

  it('is silent while it is off', () => {
    const { gateway, device, until } = launch('rockstar')
    until('12:05:00')
    device.powerOff()
    until('13:00:00')
    expect(gateway.times()).toEqual(['12:00:50'])
    device.powerOn()
    until('13:01:00')
    expect(gateway.times()).toEqual(['12:00:50', '13:00:50'])
  })
})
