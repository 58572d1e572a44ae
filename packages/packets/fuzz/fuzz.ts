/**
 * Random and damaged messages by the million: none may throw or break a rule (`test/rules.ts`), and as many positions and
 * commands must survive the way to the device and its own reading rules.
 *
 *     npm run fuzz -w packages/packets
 *     npm run fuzz -w packages/packets -- --count 100000 --seed 42
 */
import { parseArgs } from 'node:util'
import { decode } from '../src/decode.ts'
import type { DecodeResult, DeviceCommand } from '../src/report.ts'
import { decodeRockstarText } from '../src/rockstar-text.ts'
import { randomMessage } from '../test/inputs.ts'
import { createRandom, type Random } from '../test/random.ts'
import { checkCommand, checkPosition } from '../test/round-trip.ts'
import { checkResult } from '../test/rules.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000000' }, seed: { type: 'string' } } })
const count = Number(values.count)
const seed = Number(values.seed ?? Date.now() % 2 ** 32)
if (!(Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(seed))) {
  throw new Error('--count and --seed are whole numbers')
}

print(`fuzz: seed ${seed}, ${written(count)} of each, Node ${process.version}`)
const outcomes = new Map<string, number>()
const random = createRandom(seed)
run('messages decoded', fuzzDecode)
run('positions sent to a handset and read there', fuzzPosition)
run('commands sent to a buoy and carried out there', fuzzCommand)
print('outcomes of decode():')
for (const [outcome, times] of [...outcomes].sort((a, b) => b[1] - a[1]))
  print(`  ${written(times).padStart(11)}  ${outcome}`)
print(`fuzz: ${written(count)} of each without an exception (seed ${seed})`)

function run(what: string, step: (random: Random) => void): void {
  const start = performance.now()
  for (let done = 1; done <= count; done++) {
    step(random)
    if (done % 2_000_000 === 0 && done < count) print(`  ${written(done)} …`)
  }
  const seconds = (performance.now() - start) / 1000
  print(`${written(count)} ${what}, ${seconds.toFixed(1)} s`)
}

function fuzzDecode(from: Random): void {
  const bytes = randomMessage(from)
  const transmitTime = from.below(8) === 0 ? null : new Date(from.below(2 ** 31) * 1000)
  const context = { receivedAt: new Date((transmitTime?.getTime() ?? 1.8e12) + from.below(1e6)), transmitTime }
  try {
    const result = decode(bytes, context)
    checkResult(result, context)
    if (from.below(64) === 0) checkSize(result)
    decodeRockstarText(String.fromCharCode(...bytes.subarray(0, 40)))
    const outcome = outcomeOf(result)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  } catch (error) {
    fail(`decode of ${toHex(bytes)}, transmitTime ${transmitTime?.toISOString() ?? 'null'}`, error)
  }
}

function fuzzPosition(from: Random): void {
  const position = {
    latitudeDegrees: randomAngle(from, 90),
    longitudeDegrees: randomAngle(from, 180),
    fixAt: new Date(from.below(2 ** 42)),
    sogKnots: from.below(8) === 0 ? null : from.below(9990) / 10,
    cogDegrees: from.below(8) === 0 ? null : from.below(36_001) / 100,
    statusInteger: from.below(256),
  }
  try {
    checkPosition(position)
  } catch (error) {
    fail(JSON.stringify(position), error)
  }
}

function fuzzCommand(from: Random): void {
  const value = from.pick([
    from.below(1500),
    from.below(260_000),
    from.below(2 ** 31),
    -from.below(9),
    from.below(99) / 7,
  ])
  const command: DeviceCommand = from.pick<DeviceCommand>([
    { command: 'interval', minutes: value },
    { command: 'sleep', seconds: value },
    { command: 'beacon', on: value > 50 },
  ])
  try {
    checkCommand(command, from.pick(['v2', 'v3'] as const))
  } catch (error) {
    fail(JSON.stringify(command), error)
  }
}

/** Anywhere, on the ten-thousandth of a minute, halfway between two, or at a hair's breadth of a whole degree. */
function randomAngle(from: Random, limit: number): number {
  const sign = from.below(2) === 0 ? -1 : 1
  const units = from.below(limit * 600_000 + 1)
  const degrees = from.below(limit + 1)
  const kind = from.below(4)
  if (kind === 0) return (sign * units) / 600_000
  if (kind === 1) return (sign * Math.min(units + 0.5, limit * 600_000)) / 600_000
  if (kind === 2) return sign * Math.max(0, degrees - from.below(100) * 1e-9)
  return sign * Math.min(limit, units / 600_000 + from.below(1e9) * 1e-15)
}

function outcomeOf(result: DecodeResult): string {
  if (!result.ok) return `failure ${result.reason.code}`
  const { report } = result
  if (report.kind !== 'position') return `${report.kind} ${report.packetType ?? ''}`.trimEnd()
  const problems = report.problems.length === 0 ? 'without problems' : 'with problems'
  return `position ${report.packetType} ${report.hasFix ? 'with' : 'without'} fix, ${problems}`
}

function checkSize(result: DecodeResult): void {
  const { length } = JSON.stringify(result)
  if (length >= 60_000) throw new Error(`a result of ${length} characters`)
}

function fail(what: string, error: unknown): never {
  print(`FAILED (seed ${seed}): ${what}`)
  throw error
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function written(value: number): string {
  return value.toLocaleString('en')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
