/**
 * Commands, server to buoy (MT), ASCII: `+DATA:PK005,1;` (beacon), `+DATA:PK006,20;` (interval in minutes),
 * `+DATA:PK007,259200;` (sleep in seconds). Firmware v3 accepts exactly one, at the first byte; v2 splits on `;`, so
 * that one message may carry several.
 */
import { MT_MAX_BYTES } from './device-text.ts'
import { encoded, refused, type EncodeProblem, type EncodeResult } from './encode-result.ts'
import type { DeviceCommand } from './report.ts'

/** A generation of the buoy's firmware: v2 (MicroPython) or v3 (C++). */
export type Generation = 'v2' | 'v3'

/** Inclusive limits of a value. */
export interface ValueRange {
  readonly min: number
  readonly max: number
}

// The protocol has no upper limit for v2; our own decoder reads nine digits.
const NO_LIMIT = 999_999_999

/**
 * What each generation accepts unchanged. A v2 device turns an interval below 2 into 2 and ignores a sleep of 0; a v3
 * device takes 0 for either as "back to 10 minutes".
 */
export const COMMAND_LIMITS: Readonly<
  Record<
    Generation,
    { readonly beacon: boolean; readonly intervalMinutes: ValueRange; readonly sleepSeconds: ValueRange }
  >
> = {
  v2: { beacon: true, intervalMinutes: { min: 2, max: NO_LIMIT }, sleepSeconds: { min: 1, max: NO_LIMIT } },
  v3: { beacon: false, intervalMinutes: { min: 0, max: 1440 }, sleepSeconds: { min: 0, max: 259_200 } },
}

const UNKNOWN_GENERATION = refused('unknown-generation', 'generation', 'the firmware is neither v2 nor v3')

/** Texts to send, in order, or why not; `index` is the faulty command, `null` if it is not a single one. */
export type EncodeCommandsResult =
  | { readonly ok: true; readonly texts: string[] }
  | { readonly ok: false; readonly index: number | null; readonly problem: EncodeProblem }

/**
 * Encodes one command for a buoy. Refuses whatever a device of that generation would refuse, change or ignore, so that
 * what was ordered is what happens.
 */
export function encodeCommand(command: DeviceCommand, target: { readonly generation: Generation }): EncodeResult {
  const { generation } = target
  if (!isGeneration(generation)) return UNKNOWN_GENERATION
  const limits = COMMAND_LIMITS[generation]
  switch (command.command) {
    case 'beacon':
      if (!limits.beacon) return refused('not-supported', 'command', `firmware ${generation} has no beacon command`)
      if (typeof command.on !== 'boolean') return refused('not-a-boolean', 'on', 'on is neither true nor false')
      return encoded(`+DATA:PK005,${command.on ? 1 : 0};`)
    case 'interval':
      return encodeNumber('PK006', 'minutes', command.minutes, limits.intervalMinutes, generation)
    case 'sleep':
      return encodeNumber('PK007', 'seconds', command.seconds, limits.sleepSeconds, generation)
    default:
      return refused('unknown-command', 'command', 'the command is none of beacon, interval and sleep')
  }
}

/**
 * Encodes several commands in as few texts as the firmware and the size allow, keeping their order. A v3 device gets
 * one text for each. An empty list is a problem, `empty`, so that it cannot pass for a command sent. A sleep ends its
 * text: a v2 device sleeps at once and might lose anything after it.
 *
 * @param target.maxBytes size of one text; at most the capacity of one message, 270 bytes @default 270
 */
export function encodeCommands(
  commands: readonly DeviceCommand[],
  target: { readonly generation: Generation; readonly maxBytes?: number },
): EncodeCommandsResult {
  const { generation, maxBytes = MT_MAX_BYTES } = target
  if (!isGeneration(generation)) return { index: null, ...UNKNOWN_GENERATION }
  if (!(maxBytes >= 1 && maxBytes <= MT_MAX_BYTES)) {
    return { index: null, ...refused('out-of-range', 'maxBytes', `maxBytes is not within 1..${MT_MAX_BYTES}`) }
  }
  if (commands.length === 0) return { index: null, ...refused('empty', 'commands', 'there is no command to send') }
  const texts: string[] = []
  let isOpen = false
  for (const [index, command] of commands.entries()) {
    const result = encodeCommand(command, target)
    if (!result.ok) return { index, ...result }
    const { text } = result
    if (text.length > maxBytes) {
      return { index, ...refused('too-long', 'command', `the command alone is longer than ${maxBytes} bytes`) }
    }
    const last = texts.at(-1) ?? ''
    if (isOpen && last.length + text.length <= maxBytes) texts[texts.length - 1] = last + text
    else texts.push(text)
    isOpen = generation === 'v2' && command.command !== 'sleep'
  }
  return { ok: true, texts }
}

function isGeneration(generation: string): boolean {
  return Object.hasOwn(COMMAND_LIMITS, generation)
}

function encodeNumber(
  packetType: 'PK006' | 'PK007',
  field: 'minutes' | 'seconds',
  value: number,
  range: ValueRange,
  generation: Generation,
): EncodeResult {
  if (!Number.isInteger(value)) return refused('not-an-integer', field, `${field} is not a whole number`)
  if (value < range.min || value > range.max) {
    return refused('out-of-range', field, `firmware ${generation} takes ${range.min}..${range.max} ${field} here`)
  }
  return encoded(`+DATA:${packetType},${value};`)
}
