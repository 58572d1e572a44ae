/**
 * Commands, handset to server, positional: `PK005;1` / `PK005;0` (beacon on / off), `PK006;10` (report every 10
 * minutes), `PK007;259200` (sleep for that many seconds).
 */
import { sliceWithoutBlanks } from './blanks.ts'
import { readWhole } from './numbers.ts'
import { ProblemList } from './problem-list.ts'
import { malformed, read, type Reading } from './reading.ts'
import type { CommandRequest, DecodeResult, DeviceCommand } from './report.ts'

type CommandType = CommandRequest['packetType']

const READERS: Readonly<Record<CommandType, (raw: string) => Reading<DeviceCommand>>> = {
  PK005: readBeacon,
  PK006: (raw) => withNumber(raw, (minutes) => ({ command: 'interval', minutes })),
  PK007: (raw) => withNumber(raw, (seconds) => ({ command: 'sleep', seconds })),
}

/** Decodes a command. A missing value is an error; anything after the value is only a problem. */
export function decodeCommand(packetType: CommandType, body: string): DecodeResult {
  const comma = body.indexOf(',')
  const raw = sliceWithoutBlanks(body, 0, comma === -1 ? body.length : comma)
  if (raw === '') return failure(packetType, 'missing-value', 'the command has no value')
  const reading = READERS[packetType](raw)
  if (!reading.ok) return failure(packetType, 'malformed-value', `the value ${reading.detail}`)
  const problems = new ProblemList()
  const rest = comma === -1 ? '' : sliceWithoutBlanks(body, comma + 1, body.length)
  if (/[^,\s]/.test(rest)) problems.add('2', 'extra-value', 'is beyond the one value of the packet', rest)
  return { ok: true, report: { kind: 'command', packetType, command: reading.value, problems: problems.list } }
}

function readBeacon(raw: string): Reading<DeviceCommand> {
  if (raw === '1') return read({ command: 'beacon', on: true })
  if (raw === '0') return read({ command: 'beacon', on: false })
  return malformed('is neither 1 nor 0')
}

function withNumber(raw: string, build: (value: number) => DeviceCommand): Reading<DeviceCommand> {
  const reading = readWhole(raw)
  return reading.ok ? read(build(reading.value)) : reading
}

function failure(packetType: CommandType, code: string, detail: string): DecodeResult {
  return { ok: false, packetType, reason: { code, detail } }
}
