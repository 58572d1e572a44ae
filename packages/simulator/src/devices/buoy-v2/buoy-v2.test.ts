import { launch } from '../../../test/test-sea.ts'
import { obeyCommands } from './commands.ts'
import { buoyV2Off } from './state.ts'

// In the calm sea of these tests a fix takes 30 s and a session 20 s.

describe('buoy v2: periods', () => {
  it('reports at power-on and then one interval after its last send, not on a grid', () => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    until('12:36:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:14:20', '12:24:50', '12:35:20'])
  })

  it('prints PK001 with status and battery', () => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    until('12:04:00')
    expect(gateway.heard[0]?.text).toMatch(
      /^PK001;lat:36\d\d\.\d{4},NS:N,lon:12[45]\d\d\.\d{4},EW:W,utc:120330\.000,sog:\d\.\d,cog:(\d+|None),sta:00,batt:\d\.\d$/,
    )
  })

  it('sends nothing when it gets no fix in 15 minutes, and tries again one interval later', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00', conditions: { gps: false } })
    until('12:17:59')
    expect(device.view()?.phase).toBe('fixing')
    until('12:20:00')
    expect(gateway.heard).toEqual([])
    device.conditions = { ...device.conditions, gps: true }
    until('12:30:00')
    expect(gateway.times()).toEqual(['12:28:50'])
  })
})

describe('buoy v2: failing sessions', () => {
  const failing = { sessionFailureProbability: 1 }

  it('tries the same message five times, 5, 10, 30 and 60 s apart', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00', conditions: failing })
    // Tries end 20 s after they begin: 3:50, 4:15, 4:45, 5:35, 6:55.
    until('12:06:30')
    expect(device.view()?.phase).toBe('pausing')
    device.conditions = { ...device.conditions, sessionFailureProbability: 0 }
    until('12:07:00')
    expect(gateway.times()).toEqual(['12:06:55'])
    expect(gateway.fields('utc')).toEqual(['120330.000'])
  })

  it('drops the message after the fifth try', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00', conditions: failing })
    until('12:06:56')
    expect(device.view()?.phase).toBe('idle')
    device.conditions = { ...device.conditions, sessionFailureProbability: 0 }
    until('12:15:00')
    expect(gateway.times()).toEqual(['12:14:20'])
  })
})

describe('buoy v2: commands', () => {
  it('stores an interval of at least 2 minutes, and keeps it through power-off', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:PK006,1;')
    until('12:08:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:06:20'])
    device.powerOff()
    until('13:00:00')
    device.powerOn()
    until('13:04:00')
    expect(gateway.times().slice(-2)).toEqual(['13:00:50', '13:03:20'])
  })

  it('sleeps at once on PK007, without an answer', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:PK007,7200;')
    until('14:03:00')
    expect(gateway.times()).toEqual(['12:03:50'])
    expect(device.view()?.phase).toBe('asleep')
    until('14:05:00')
    expect(gateway.times()).toEqual(['12:03:50', '14:04:40'])
  })

  it.each(['+DATA:PK007,0;', '+DATA:PK007,-10;', '+DATA:PK007,soon;'])('ignores %s', (command) => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push(command)
    until('12:15:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:14:20'])
  })

  it('shows PK005 in bit 0 of the next sta', () => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:PK005,1;')
    until('12:15:00')
    gateway.queue.push('+DATA:PK005,0;')
    until('12:36:00')
    expect(gateway.fields('sta')).toEqual(['00', '01', '01', '00'])
  })

  it('obeys several commands in one text, and the last of repeated ones', () => {
    const after = obeyCommands(buoyV2Off, '+DATA:PK006,5;PK005,1;PK006,30;')
    expect(after).toMatchObject({ next: 'go-on', state: { intervalSeconds: 1800, beaconOn: true } })
  })

  it('restarts on a PK006 that is not an integer: reports at once, and keeps its interval', () => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:PK006,20.5;')
    until('12:16:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:04:40', '12:15:10'])
  })

  it('enters service mode on SUPPORT and falls silent', () => {
    const { gateway, device, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:SUPPORT,1;')
    until('20:00:00')
    expect(gateway.heard).toHaveLength(1)
    expect(device.view()?.phase).toBe('service')
  })

  it('fetches what the gateway still holds by mailbox checks, one MT per session', () => {
    const { gateway, until } = launch('v2', { at: '12:03:00' })
    gateway.queue.push('+DATA:PK005,1;', '+DATA:PK006,30;', 'hello')
    until('12:30:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:04:10', '12:04:30'])
    expect(gateway.heard.slice(1).map(({ text }) => text)).toEqual(['', ''])
  })
})
