import { assert, describe, it } from '../test/harness.ts'
import { encodeCommand, encodeCommands, type Generation } from './encode-command.ts'
import { ENCODE_PROBLEM_CODES } from './encode-result.ts'
import type { DeviceCommand } from './report.ts'

const interval = (minutes: number): DeviceCommand => ({ command: 'interval', minutes })
const sleep = (seconds: number): DeviceCommand => ({ command: 'sleep', seconds })
const beacon = (on: boolean): DeviceCommand => ({ command: 'beacon', on })

const texts: readonly [command: DeviceCommand, generation: Generation, text: string][] = [
  [beacon(true), 'v2', '+DATA:PK005,1;'],
  [beacon(false), 'v2', '+DATA:PK005,0;'],
  [interval(2), 'v2', '+DATA:PK006,2;'],
  [interval(20), 'v2', '+DATA:PK006,20;'],
  [interval(1441), 'v2', '+DATA:PK006,1441;'],
  [interval(0), 'v3', '+DATA:PK006,0;'],
  [interval(-0), 'v3', '+DATA:PK006,0;'],
  [interval(1440), 'v3', '+DATA:PK006,1440;'],
  [sleep(1), 'v2', '+DATA:PK007,1;'],
  [sleep(0), 'v3', '+DATA:PK007,0;'],
  [sleep(259_200), 'v3', '+DATA:PK007,259200;'],
]

describe('encodeCommand() writes', () => {
  for (const [command, generation, text] of texts) {
    it(`${text} for ${generation}`, () => assert.deepEqual(encodeCommand(command, { generation }), { ok: true, text }))
  }
})

type Refusal = [command: DeviceCommand, generation: Generation, code: string, field: string, detail: string]

const refusals: readonly Refusal[] = [
  [beacon(true), 'v3', 'not-supported', 'command', 'firmware v3 has no beacon command'],
  [interval(1), 'v2', 'out-of-range', 'minutes', 'firmware v2 takes 2..999999999 minutes here'],
  [interval(0), 'v2', 'out-of-range', 'minutes', 'firmware v2 takes 2..999999999 minutes here'],
  [interval(1e21), 'v2', 'out-of-range', 'minutes', 'firmware v2 takes 2..999999999 minutes here'],
  [interval(1441), 'v3', 'out-of-range', 'minutes', 'firmware v3 takes 0..1440 minutes here'],
  [interval(-1), 'v3', 'out-of-range', 'minutes', 'firmware v3 takes 0..1440 minutes here'],
  [interval(20.5), 'v2', 'not-an-integer', 'minutes', 'minutes is not a whole number'],
  [interval(Number.NaN), 'v3', 'not-an-integer', 'minutes', 'minutes is not a whole number'],
  [interval(Number.POSITIVE_INFINITY), 'v3', 'not-an-integer', 'minutes', 'minutes is not a whole number'],
  [sleep(0), 'v2', 'out-of-range', 'seconds', 'firmware v2 takes 1..999999999 seconds here'],
  [sleep(259_201), 'v3', 'out-of-range', 'seconds', 'firmware v3 takes 0..259200 seconds here'],
  [sleep(0.5), 'v3', 'not-an-integer', 'seconds', 'seconds is not a whole number'],
]

describe('encodeCommand() refuses', () => {
  for (const [command, generation, code, field, detail] of refusals) {
    it(`${JSON.stringify(command)} for ${generation}`, () => {
      assert.deepEqual(encodeCommand(command, { generation }), { ok: false, problem: { code, field, detail } })
      assert.ok(Object.hasOwn(ENCODE_PROBLEM_CODES, code))
    })
  }

  // As they come from JSON that nobody checked.
  const untyped: readonly [command: unknown, generation: unknown, code: string][] = [
    [{ command: 'beacon', on: 'false' }, 'v2', 'not-a-boolean'],
    [{ command: 'beacon' }, 'v2', 'not-a-boolean'],
    [{ command: 'interval', minutes: '20' }, 'v2', 'not-an-integer'],
    [{ command: 'interval' }, 'v3', 'not-an-integer'],
    [{ command: 'reset' }, 'v2', 'unknown-command'],
    [{}, 'v3', 'unknown-command'],
    [{ command: 'interval', minutes: 20 }, 'v4', 'unknown-generation'],
    [{ command: 'interval', minutes: 20 }, undefined, 'unknown-generation'],
    [{ command: 'interval', minutes: 20 }, 'toString', 'unknown-generation'],
  ]
  for (const [command, generation, code] of untyped) {
    it(`${JSON.stringify(command)} for ${String(generation)}: ${code}`, () => {
      // Casts: the types forbid what this test is about.
      const result = encodeCommand(command as DeviceCommand, { generation: generation as Generation })
      assert.ok(!result.ok)
      assert.equal(result.problem.code, code)
    })
  }
})

describe('encodeCommands()', () => {
  it('puts several commands for v2 into one text', () => {
    assert.deepEqual(encodeCommands([beacon(true), interval(20)], { generation: 'v2' }), {
      ok: true,
      texts: ['+DATA:PK005,1;+DATA:PK006,20;'],
    })
  })

  it('writes one text per command for v3', () => {
    assert.deepEqual(encodeCommands([interval(20), sleep(3600)], { generation: 'v3' }), {
      ok: true,
      texts: ['+DATA:PK006,20;', '+DATA:PK007,3600;'],
    })
  })

  it('ends a text after a sleep command, because a v2 device sleeps at once', () => {
    assert.deepEqual(encodeCommands([interval(20), sleep(60), beacon(false)], { generation: 'v2' }), {
      ok: true,
      texts: ['+DATA:PK006,20;+DATA:PK007,60;', '+DATA:PK005,0;'],
    })
  })

  it('starts a new text when the next command does not fit', () => {
    const commands = Array.from({ length: 40 }, () => beacon(true)) // 14 bytes each
    const result = encodeCommands(commands, { generation: 'v2' })
    assert.ok(result.ok)
    assert.deepEqual(
      result.texts.map((text) => text.length),
      [266, 266, 28],
    )
  })

  it('fills a text to the last byte', () => {
    const two = [beacon(true), beacon(false)]
    assert.deepEqual(encodeCommands(two, { generation: 'v2', maxBytes: 28 }), {
      ok: true,
      texts: ['+DATA:PK005,1;+DATA:PK005,0;'],
    })
    assert.deepEqual(encodeCommands(two, { generation: 'v2', maxBytes: 27 }), {
      ok: true,
      texts: ['+DATA:PK005,1;', '+DATA:PK005,0;'],
    })
  })

  it('refuses an empty list of commands', () => {
    const problem = { code: 'empty', field: 'commands', detail: 'there is no command to send' }
    assert.deepEqual(encodeCommands([], { generation: 'v2' }), { ok: false, index: null, problem })
  })

  it('refuses an unknown generation, whatever the commands', () => {
    const detail = 'the firmware is neither v2 nor v3'
    const problem = { code: 'unknown-generation', field: 'generation', detail }
    for (const generation of ['v4', undefined, 'toString']) {
      // Cast: the types forbid what this test is about.
      const target = { generation: generation as Generation }
      assert.deepEqual(encodeCommands([], target), { ok: false, index: null, problem })
      assert.deepEqual(encodeCommands([interval(20)], target), { ok: false, index: null, problem })
    }
  })

  it('reports the index of the command at fault and returns no text', () => {
    assert.deepEqual(encodeCommands([interval(20), interval(1)], { generation: 'v2' }), {
      ok: false,
      index: 1,
      problem: { code: 'out-of-range', field: 'minutes', detail: 'firmware v2 takes 2..999999999 minutes here' },
    })
  })

  it('refuses a limit too small for a command, or outside the range of a message', () => {
    const small = encodeCommands([interval(20)], { generation: 'v2', maxBytes: 14 })
    assert.deepEqual(small, {
      ok: false,
      index: 0,
      problem: { code: 'too-long', field: 'command', detail: 'the command alone is longer than 14 bytes' },
    })
    for (const maxBytes of [0, -1, 271, Number.NaN]) {
      const result = encodeCommands([interval(20)], { generation: 'v2', maxBytes })
      assert.ok(!result.ok && result.index === null && result.problem.code === 'out-of-range')
    }
  })
})
