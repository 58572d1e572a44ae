import { fieldOf, launch } from '../../../test/test-sea.ts'
import { readCommand } from './command.ts'
import { takeCommand } from './firmware.ts'
import { nextDueMs } from './grid.ts'
import { buoyV3Off } from './state.ts'

// In the calm sea of these tests a message arrives 50 s after waking: 30 s for the fix, 20 s for the session.
const failing = { sessionFailureProbability: 1 }

describe('buoy v3: grid', () => {
  it('reports on multiples of the interval from 00:00 UTC, however late it was switched on', () => {
    const { gateway, until } = launch('v3', { at: '11:57:10' })
    until('12:31:00')
    expect(gateway.times()).toEqual(['11:58:00', '12:00:50', '12:10:50', '12:20:50', '12:30:50'])
  })

  it.each([
    [20, '12:01:00', '12:20:00'],
    [15, '12:15:00', '12:30:00'],
    [60, '12:59:59', '13:00:00'],
    [780, '00:00:30', '13:00:00'],
    [780, '13:00:30', '+1 00:00:00'],
    [1440, '00:00:00', '+1 00:00:00'],
    [7, '23:55:00', '+1 00:00:00'],
  ])('with an interval of %i min, the mark after %s is %s', (interval, after, due) => {
    const day = Date.parse('2026-11-24T00:00:00Z')
    const time = (text: string): number =>
      text.startsWith('+1 ') ? day + 86_400_000 : Date.parse(`2026-11-24T${text}Z`)
    expect(nextDueMs(time(after), interval)).toBe(time(due))
  })

  it('makes up for a mark that passed during a session, 20 s after that session', () => {
    const { gateway, until } = launch('v3', { at: '11:59:20' })
    until('12:02:00')
    // Fix 11:59:50, sent 12:00:10; the report of 12:00 starts 20 s later.
    expect(gateway.times()).toEqual(['12:00:10', '12:01:20'])
  })
})

describe('buoy v3: report', () => {
  it('prints PK101 with the time of its fix, its settings and the reason', () => {
    const { gateway, until } = launch('v3', { at: '11:57:10' })
    until('11:59:00')
    expect(gateway.heard[0]?.text).toMatch(
      /^PK101;lat:36\d\d\.\d{4},NS:N,lon:12[45]\d\d\.\d{4},EW:W,utc:115740,batt:\d\.\d,int:10,sl:0,st:1$/,
    )
  })

  it('sends 999 with its own time when the GPS gets no fix in 4 minutes', () => {
    const { gateway, device, until } = launch('v3', { at: '11:57:10' })
    until('12:05:00')
    device.conditions = { ...device.conditions, gps: false }
    until('12:20:00')
    const text = gateway.heard.at(-1)?.text ?? ''
    expect(text).toMatch(/^PK101;lat:99900\.0000,NS:N,lon:99900\.0000,EW:E,utc:121400,/)
    expect(gateway.times().at(-1)).toBe('12:14:20')
  })

  it('counts its time, and so its grid, from 1970 until its first fix', () => {
    const { gateway, device, until } = launch('v3', { at: '11:57:10', conditions: { gps: false } })
    until('12:05:00')
    device.conditions = { ...device.conditions, gps: true }
    until('12:25:00')
    expect(gateway.fields('utc')).toEqual(['000400', '120740', '121030', '122030'])
    expect(gateway.times()).toEqual(['12:01:30', '12:08:00', '12:10:50', '12:20:50'])
  })
})

describe('buoy v3: failing sessions', () => {
  it('retries until 6 minutes after waking, and no session ends later', () => {
    const { gateway, device, until } = launch('v3', { at: '12:01:00', conditions: failing })
    until('12:06:25')
    // Sessions of 20 s end at :50, 1:10, … 5:50 after waking: the one from 5:30 to 5:50 is the last that can succeed.
    device.conditions = { ...device.conditions, sessionFailureProbability: 0 }
    until('12:09:00')
    expect(gateway.times()).toEqual(['12:06:50'])
    const late = launch('v3', { at: '12:01:00', conditions: failing })
    late.until('12:06:45')
    late.device.conditions = { ...late.device.conditions, sessionFailureProbability: 0 }
    late.until('12:11:00')
    expect(late.gateway.times()).toEqual(['12:10:50'])
  })

  it.each([
    [10, ['12:10']],
    [15, ['12:15']],
    [20, ['12:10', '12:20']],
    [30, ['12:10', '12:20', '12:30']],
    [60, ['12:10', '12:20', '12:30', '13:00']],
  ])('with an interval of %i min, tries again at %s', (interval, expected) => {
    const { gateway, device, until } = launch('v3', { at: '10:30:00' })
    gateway.queue.push(`+DATA:PK006,${interval};`)
    until('11:58:00')
    expect(gateway.fields('int').at(-1)).toBe(String(interval))
    const wakes = new Set<string>()
    device.conditions = { ...device.conditions, ...failing }
    for (let minute = 0; minute <= 60; minute++) {
      until(`${minute === 60 ? '13' : '12'}:${String(minute % 60).padStart(2, '0')}:01`)
      const next = new Date(device.view()?.nextWakeAtMs ?? 0).toISOString().slice(11, 16)
      if (device.view()?.phase === 'asleep') wakes.add(next)
    }
    expect([...wakes].filter((wake) => wake > '12:00').slice(0, expected.length)).toEqual(expected)
  })

  it('repeats the st of a failed message, with a new fix', () => {
    const { gateway, device, until } = launch('v3', { at: '11:03:00' })
    gateway.queue.push('+DATA:PK006,60;', 'nonsense')
    until('11:05:00')
    device.conditions = { ...device.conditions, ...failing }
    until('11:15:00')
    device.conditions = { ...device.conditions, sessionFailureProbability: 0 }
    until('12:05:00')
    expect(gateway.fields('st')).toEqual(['1', '3', '4', '0'])
    expect(gateway.fields('utc')[2]).toBe('112030')
  })
})

describe('buoy v3: power', () => {
  it('reports at power-on with st:1 and interval 10, whatever was commanded before', () => {
    const { gateway, device, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,60;')
    until('12:05:00')
    expect(gateway.fields('int').at(-1)).toBe('60')
    device.powerOff()
    until('12:40:00')
    device.powerOn()
    until('12:51:00')
    expect(gateway.times().slice(2)).toEqual(['12:40:50', '12:50:50'])
    expect(gateway.fields('st').slice(2)).toEqual(['1', '0'])
    expect(gateway.fields('int').slice(2)).toEqual(['10', '10'])
  })

  it('sends nothing while it is off', () => {
    const { gateway, device, until } = launch('v3')
    device.powerOff()
    until('18:00:00')
    expect(gateway.heard).toEqual([])
  })
})

describe('buoy v3: commands', () => {
  it('answers each command 20 s later in a new session with a new fix, one command per session', () => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,20;', '+DATA:PK006,30;', '+DATA:PK006,40;')
    until('12:09:00')
    expect(gateway.times()).toEqual(['12:01:50', '12:03:00', '12:04:10', '12:05:20'])
    expect(gateway.fields('int')).toEqual(['10', '20', '30', '40'])
    expect(gateway.fields('st')).toEqual(['1', '3', '3', '3'])
    expect(gateway.fields('utc')).toEqual(['120130', '120240', '120350', '120500'])
    expect(gateway.queue).toEqual([])
  })

  it('applies an interval only when its answer got through, and until then keeps to 10 min and st:3', () => {
    const { gateway, device, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,60;')
    until('12:01:55')
    device.conditions = { ...device.conditions, ...failing }
    until('12:27:00')
    expect(device.view()?.intervalMinutes).toBe(10)
    device.conditions = { ...device.conditions, sessionFailureProbability: 0 }
    until('13:05:00')
    expect(gateway.times()).toEqual(['12:01:50', '12:30:50', '13:00:50'])
    expect(gateway.fields('st')).toEqual(['1', '3', '0'])
    expect(gateway.fields('int')).toEqual(['10', '60', '60'])
  })

  it.each(['+DATA:PK006,0;', '+DATA:PK007,0;'])('%s means 10 minutes: st:3, int:10, no sleep', (command) => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,60;', command)
    until('12:11:00')
    expect(gateway.fields('st').slice(2)).toEqual(['3', '0'])
    expect(gateway.fields('int').slice(2)).toEqual(['10', '10'])
    expect(gateway.fields('sl').slice(2)).toEqual(['0', '0'])
    expect(gateway.times().at(-1)).toBe('12:10:50')
  })

  it('answers PK007 with sl, sleeps from the end of that answer, and wakes with st:2 at 10 min', () => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,60;', '+DATA:PK007,3659;')
    until('14:00:00')
    expect(gateway.times()).toEqual([
      '12:01:50',
      '12:03:00',
      '12:04:10',
      '13:05:59',
      '13:10:50',
      '13:20:50',
      '13:30:50',
      '13:40:50',
      '13:50:50',
    ])
    expect(gateway.fields('st').slice(2, 5)).toEqual(['3', '2', '0'])
    expect(gateway.fields('sl').slice(2, 5)).toEqual(['60', '0', '0'])
    expect(gateway.fields('int').slice(2, 5)).toEqual(['10', '10', '10'])
  })

  it('sleeps at least 20 s', () => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK007,5;')
    until('12:09:00')
    expect(gateway.times()).toEqual(['12:01:50', '12:03:00', '12:04:10'])
    expect(gateway.fields('sl')).toEqual(['0', '0', '0'])
    expect(gateway.fields('st')).toEqual(['1', '3', '2'])
  })

  it.each([
    ['+DATA:PK006,20;', 20],
    ['+DATA:PK006,20.5;', 20],
    ['+DATA:PK006,  30', 30],
    ['+DATA:PK006,+40;', 40],
    ['+DATA:PK006,1440;', 1440],
    ['+DATA:PK006,15;+DATA:PK006,30;', 15],
    ['+DATA:PK006,1441;', null],
    ['+DATA:PK006,-1;', null],
    ['+DATA:PK006,;', null],
    ['+DATA:PK006,ten;', null],
    ['+DATA:PK006,99999999999;', null],
    [' +DATA:PK006,20;', null],
    ['xx+DATA:PK006,20;', null],
    ['+DATA:PK006;20;', null],
    ['+DATA:PK005,1;', null],
  ])('reads %j as interval %s', (text, minutes) => {
    expect(readCommand(text)?.intervalMinutes ?? null).toBe(minutes)
  })

  it.each([
    ['+DATA:PK007,259200;', 259_200],
    ['+DATA:PK007,259201;', null],
    ['+DATA:PK007,-5;', null],
  ])('reads %j as a sleep of %s s', (text, seconds) => {
    expect(readCommand(text)?.sleepSeconds ?? null).toBe(seconds)
  })

  it('answers anything else with st:4 and keeps its interval', () => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push('+DATA:PK006,60;', '+DATA:PK005,1;')
    until('13:01:00')
    expect(gateway.fields('st')).toEqual(['1', '3', '4', '0'])
    expect(gateway.fields('int')).toEqual(['10', '60', '60', '60'])
  })

  it('drops a change that waits for its answer when the next command is refused', () => {
    const waiting = { ...buoyV3Off, change: { intervalMinutes: 60, sleepSeconds: 0 }, reason: 3 as const }
    expect(takeCommand(waiting, 'nonsense')).toMatchObject({ change: null, reason: 4, intervalMinutes: 10 })
  })

  it.each(['OK', '+DATA:PK006,20;ERROR', 'READY?'])('fails the session and loses an MT with the text %j', (text) => {
    const { gateway, until } = launch('v3', { at: '12:01:00' })
    gateway.queue.push(text)
    until('12:11:00')
    // The gateway heard the first message; the device does not know and says st:1 again.
    expect(gateway.fields('st')).toEqual(['1', '1'])
    expect(gateway.times()).toEqual(['12:01:50', '12:10:50'])
    expect(gateway.queue).toEqual([])
  })
})

describe('buoy v3: a day', () => {
  it('takes less than a second, with 144 reports from changing positions', () => {
    const { gateway, until } = launch('v3', { at: '00:00:00' })
    const began = performance.now()
    until('23:59:59')
    expect(gateway.heard).toHaveLength(144)
    expect(performance.now() - began).toBeLessThan(1000)
    expect(new Set(gateway.heard.map(({ text }) => fieldOf(text, 'lat'))).size).toBeGreaterThan(100)
  })
})
