import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from '../services/wait-for.ts'
import { lastTellingLineOf, openLog, type PartLog } from './part-log.ts'

const bounds = { largestBytes: 10_000, lookEveryMs: 10 }

describe('openLog()', () => {
  let folder: string
  let file: string
  let log: PartLog | null = null
  let part: ChildProcess | null = null
  const open = (): PartLog => (log = openLog(file, bounds))
  const sizeOf = (name: string): number => statSync(name, { throwIfNoEntry: false })?.size ?? 0
  const isPutAside = (): Promise<boolean> =>
    waitFor(async () => sizeOf(`${file}.1`) > 0 && sizeOf(file) < bounds.largestBytes, { limitMs: 4_000, everyMs: 5 })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'part-log-'))
    file = join(folder, 'server.log')
  })
  afterEach(async () => {
    if (part?.kill() === true) await once(part, 'exit')
    part = null
    log?.stop()
    if (log !== null) closeSync(log.descriptor)
    log = null
    rmSync(folder, { recursive: true })
  })

  test('rotates the log of a running part to `.1` when it is too large, and loses no line', async () => {
    const { descriptor } = open()
    part = spawn(process.execPath, ['-e', CHATTER], { stdio: ['pipe', descriptor, descriptor] })
    const lines: string[] = []
    for (let round = 1; round <= 3; round += 1) {
      rmSync(`${file}.1`, { force: true })
      await say(part, `round ${round}`)
      expect(await isPutAside()).toBe(true)
      lines.push(...readFileSync(`${file}.1`, 'utf8').trimEnd().split('\n'))
    }
    // Every line, in order, and no hole of zeros where the old end was.
    expect(lines).toEqual([1, 2, 3].flatMap((round) => Array.from({ length: 150 }, (_, at) => lineOf(round, at))))
  })

  test('keeps only the last lines of a log that is far too large', () => {
    writeFileSync(file, `${'old\n'.repeat(100_000)}${'new\n'.repeat(2_500)}`)
    open()
    expect(sizeOf(file)).toBe(0)
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('new\n'.repeat(2_500))
  })

  test('returns the last telling line after a rotation, and a newer one after that', async () => {
    appendFileSync(file, 'of the launch before\n')
    const opened = open()
    expect(opened.lastTellingLine()).toBe('')
    writeSync(opened.descriptor, `${'x\n'.repeat(6_000)}{"msg":"the port is taken"}\n`)
    expect(await isPutAside()).toBe(true)
    expect(sizeOf(file)).toBe(0)
    expect(opened.lastTellingLine()).toBe('the port is taken')
    writeSync(opened.descriptor, 'Error: no such table\n    at query (a.js:1:1)\n')
    expect(opened.lastTellingLine()).toBe('Error: no such table')
  })

  test('returns no line of the previous launch after its log was rotated', () => {
    writeFileSync(file, 'of the launch before\n'.repeat(1_000))
    const opened = open()
    expect(opened.lastTellingLine()).toBe('')
    writeSync(opened.descriptor, 'up\n')
    expect(opened.lastTellingLine()).toBe('up')
  })

  test('leaves a log that cannot be rotated as it is, and tries again', async () => {
    const opened = open()
    // What is a folder takes no log.
    mkdirSync(`${file}.1`)
    const text = `${'x\n'.repeat(6_000)}last\n`
    writeSync(opened.descriptor, text)
    expect(await waitFor(async () => readFileSync(file, 'utf8') !== text, { limitMs: 100 })).toBe(false)
    expect(opened.lastTellingLine()).toBe('last')
    rmdirSync(`${file}.1`)
    expect(await isPutAside()).toBe(true)
    expect(readFileSync(`${file}.1`, 'utf8')).toBe(text)
    expect(opened.lastTellingLine()).toBe('last')
  })

  test('keeps no process alive, and does not rotate after stop()', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const opened = open()
    expect(timers()).toBe(before)
    opened.stop()
    writeSync(opened.descriptor, 'x\n'.repeat(6_000))
    const second = openLog(join(folder, 'second.log'), bounds)
    writeSync(second.descriptor, 'x\n'.repeat(6_000))
    expect(await waitFor(async () => sizeOf(join(folder, 'second.log.1')) > 0, { limitMs: 4_000 })).toBe(true)
    second.stop()
    closeSync(second.descriptor)
    expect(sizeOf(file)).toBe(12_000)
  })
})

test.each([
  ['plain\nlast  \n\n', 'last'],
  ['{"level":"error","msg":"worker.ended","error":"Error: gone"}', 'worker.ended: Error: gone'],
  [
    'time=2026 level=ERROR msg="Operation failed." error="disk is full (13)" x=1',
    'Operation failed.: disk is full (13)',
  ],
  ['time=2026 level=WARN msg="says \\"no\\""', 'says \\"no\\"'],
  ['time=2026 level=WARN msg=started', 'started'],
  [`tried${'x'.repeat(400)}came in the way`, `tried${'x'.repeat(115)} … ${'x'.repeat(165)}came in the way`],
])('lastTellingLineOf() returns the point of %j', (text, expected) => {
  expect(lastTellingLineOf(text)).toBe(expected)
})

const FILLING = '.'.repeat(80)
const lineOf = (round: number, at: number): string => `round ${round}, ${at} ${FILLING}`
/** A part that says 150 lines for each one it is told. */
const CHATTER = `
  const { createInterface } = require('node:readline')
  createInterface({ input: process.stdin }).on('line', (line) => {
    let text = ''
    for (let at = 0; at < 150; at += 1) text += line + ', ' + at + ' ${FILLING}\\n'
    require('node:fs').writeSync(1, text)
  })`

function say(part: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve) => part.stdin?.write(`${line}\n`, () => resolve()))
}
