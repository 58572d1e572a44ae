/**
 * What a RockSTAR handset sends as text: `IRD update 10 min…` is PK006 with 10, `Beacon ON` / `Beacon off` is PK005
 * with 1 / 0. Typed or selected by users: case and spacing vary.
 */
import type { DecodeResult, DeviceCommand } from './report.ts'

const INTERVAL = /^\s*IRD\s+update\s+(\d{1,9})\s*min/i
// Words may follow, but not another choice: "Beacon on/off?" is not a command.
const BEACON = /^\s*beacon\s+(on|off)(?![\w/-])(?!.*\b(?:on|off)\b)/is

/**
 * Decodes the text of a RockSTAR message; never throws. Text that is not a command is a failure with `unknown-text`.
 */
export function decodeRockstarText(text: string): DecodeResult {
  if (text.trim() === '') return { ok: true, report: { kind: 'empty', packetType: null, problems: [] } }
  const minutes = INTERVAL.exec(text)?.[1]
  if (minutes !== undefined) return command('PK006', { command: 'interval', minutes: Number(minutes) })
  const state = BEACON.exec(text)?.[1]
  if (state !== undefined) return command('PK005', { command: 'beacon', on: state.toLowerCase() === 'on' })
  return { ok: false, packetType: null, reason: { code: 'unknown-text', detail: 'the text is no known command' } }
}

function command(packetType: 'PK005' | 'PK006', value: DeviceCommand): DecodeResult {
  return { ok: true, report: { kind: 'command', packetType, command: value, problems: [] } }
}
