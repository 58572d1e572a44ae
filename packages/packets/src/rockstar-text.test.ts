import { assert, describe, it } from '../test/harness.ts'
import type { DeviceCommand } from './report.ts'
import { decodeRockstarText } from './rockstar-text.ts'

const commands: readonly [text: string, packetType: 'PK005' | 'PK006', command: DeviceCommand][] = [
  ['IRD update 10 min', 'PK006', { command: 'interval', minutes: 10 }],
  ['IRD update 10 min…', 'PK006', { command: 'interval', minutes: 10 }],
  ['IRD update 120 minutes please', 'PK006', { command: 'interval', minutes: 120 }],
  [' ird  Update 5min\r\n', 'PK006', { command: 'interval', minutes: 5 }],
  ['IRD update 0 min', 'PK006', { command: 'interval', minutes: 0 }],
  ['Beacon ON', 'PK005', { command: 'beacon', on: true }],
  ['Beacon off', 'PK005', { command: 'beacon', on: false }],
  ['beacon  Off.\n', 'PK005', { command: 'beacon', on: false }],
  ['Beacon ON please', 'PK005', { command: 'beacon', on: true }],
]

describe('decodeRockstarText() reads', () => {
  for (const [text, packetType, command] of commands) {
    it(JSON.stringify(text), () => {
      const report = { kind: 'command', packetType, command, problems: [] } as const
      assert.deepEqual(decodeRockstarText(text), { ok: true, report })
    })
  }

  it('a message without text as an empty session', () => {
    const report = { kind: 'empty', packetType: null, problems: [] } as const
    for (const text of ['', ' \n']) assert.deepEqual(decodeRockstarText(text), { ok: true, report })
  })
})

describe('decodeRockstarText() reads no command in', () => {
  const others = [
    'Hello from the boat',
    'IRD update min',
    'IRD update ten min',
    'IRD update 10.5 min',
    'IRD update -5 min',
    'IRD update 2 hours',
    'IRD update 9999999999 min',
    'Please IRD update 10 min',
    'Beacon',
    'Beacon one',
    'Beacon on/off?',
    'Beacon on or off',
    'Beacon offline',
    'PK006;10',
  ]
  for (const text of others) {
    it(JSON.stringify(text), () => {
      const reason = { code: 'unknown-text', detail: 'the text is no known command' }
      assert.deepEqual(decodeRockstarText(text), { ok: false, packetType: null, reason })
    })
  }
})
