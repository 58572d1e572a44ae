/** Encode, read by the device's own rules, compare. */
import { encodeCommand, encodeCommands, type Generation } from '../src/encode-command.ts'
import { encodePosition, type HandsetPosition } from '../src/encode-position.ts'
import { decode } from '../src/decode.ts'
import type { DeviceCommand } from '../src/report.ts'
import { readAsBuoyV2, readAsBuoyV3, readAsHandset, type BuoyState } from './device-readers.ts'
import { assert, bytesOf } from './harness.ts'

// The wire has ten-thousandths of a minute: half of one is lost at most, and a little to floating point.
const ANGLE_TOLERANCE = 0.00005 / 60 + 1e-12

/** A position as the handset shows it, and as our own decoder reads it, is the position that was given. */
export function checkPosition(position: Required<HandsetPosition>): void {
  const result = encodePosition(position)
  if (!result.ok) assert.fail(`${result.problem.detail}: ${JSON.stringify(position)}`)
  const { latitudeDegrees, longitudeDegrees, fixAt, sogKnots, cogDegrees, statusInteger } = position
  const shown = readAsHandset(result.text)
  isNear(shown.latitudeDegrees, latitudeDegrees, ANGLE_TOLERANCE, 'latitude')
  isNear(shown.longitudeDegrees, longitudeDegrees, ANGLE_TOLERANCE, 'longitude')
  isNear(shown.sogKnots, sogKnots ?? 0, 0.0500001, 'speed')
  const courseOff = Math.abs(shown.cogDegrees - (cogDegrees ?? 0))
  isNear(Math.min(courseOff, 360 - courseOff), 0, 0.0500001, 'course')
  isNear(shown.secondsOfDay, (((fixAt.getTime() % 86_400_000) + 86_400_000) % 86_400_000) / 1000, 1e-6, 'time')
  if (shown.status !== statusInteger) assert.fail(`status ${shown.status}`)

  const radio = result.text.replace('+DATA:PK004,', 'PK004;').replace(/,\d+;$/, '')
  const decoded = decode(bytesOf(radio), { receivedAt: fixAt, transmitTime: fixAt })
  if (!decoded.ok || decoded.report.kind !== 'position') assert.fail(`not decoded: ${radio}`)
  if (isNowhere(shown.latitudeDegrees, shown.longitudeDegrees)) {
    if (decoded.report.hasFix) assert.fail(`a fix on null island: ${radio}`)
    return
  }
  isNear(decoded.report.latitudeDegrees ?? Number.NaN, shown.latitudeDegrees, 1e-12, 'decoded latitude')
  isNear(decoded.report.longitudeDegrees ?? Number.NaN, shown.longitudeDegrees, 1e-12, 'decoded longitude')
  if (decoded.report.fixAt?.getTime() !== fixAt.getTime()) assert.fail(`decoded time of ${radio}`)
}

/** A command that is encoded does on the device what was ordered; one that is not, the device would not have done so. */
export function checkCommand(command: DeviceCommand, generation: Generation): void {
  const result = encodeCommand(command, { generation })
  const isExact = isTakenAsItStands(command, generation)
  if (result.ok !== isExact) assert.fail(`${generation} ${JSON.stringify(command)}: ${JSON.stringify(result)}`)
  if (!result.ok) return
  const state = generation === 'v2' ? readAsBuoyV2(result.text) : readAsBuoyV3(result.text)
  assert.deepEqual(state, generation === 'v2' ? orderedOfV2([command]) : orderedOfV3(command))
}

/** Several commands in several texts leave the device as if each had come alone. */
export function checkCommands(commands: readonly DeviceCommand[], maxBytes: number): void {
  const result = encodeCommands(commands, { generation: 'v2', maxBytes })
  if (!result.ok) assert.fail(result.problem.detail)
  let state: BuoyState = {}
  for (const text of result.texts) {
    if (text.length > maxBytes) assert.fail(`${text.length} bytes`)
    const parts = text.slice(0, -1).split(';')
    if (parts.slice(0, -1).some((part) => part.startsWith('+DATA:PK007'))) assert.fail('something behind a sleep')
    state = { ...state, ...readAsBuoyV2(text) }
  }
  assert.deepEqual(state, orderedOfV2(commands))
}

function orderedOfV2(commands: readonly DeviceCommand[]): BuoyState {
  const state: BuoyState = {}
  for (const command of commands) {
    if (command.command === 'beacon') state.beaconOn = command.on
    else if (command.command === 'interval') state.intervalMinutes = command.minutes
    else state.sleepSeconds = command.seconds
  }
  return state
}

function orderedOfV3(command: DeviceCommand): BuoyState {
  if (command.command === 'interval') return { intervalMinutes: command.minutes === 0 ? 10 : command.minutes }
  if (command.command !== 'sleep' || command.seconds === 0) return { intervalMinutes: 10 }
  return { intervalMinutes: 10, sleepSeconds: Math.max(20, command.seconds) }
}

function isTakenAsItStands(command: DeviceCommand, generation: Generation): boolean {
  if (command.command === 'beacon') return generation === 'v2'
  const value = command.command === 'interval' ? command.minutes : command.seconds
  if (!Number.isInteger(value)) return false
  if (generation === 'v2') return value >= (command.command === 'interval' ? 2 : 1) && value < 1_000_000_000
  return value >= 0 && value <= (command.command === 'interval' ? 1440 : 259_200)
}

/** Within 20 m of 0, 0. */
export function isNowhere(latitudeDegrees: number, longitudeDegrees: number): boolean {
  return Math.hypot(latitudeDegrees, longitudeDegrees) <= 20 / 111_195
}

function isNear(actual: number, expected: number, tolerance: number, what: string): void {
  if (!(Math.abs(actual - expected) <= tolerance)) assert.fail(`${what}: ${actual} for ${expected}`)
}
