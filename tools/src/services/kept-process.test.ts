import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startKept } from './kept-process.ts'
import { waitFor } from './wait-for.ts'

const soon = { limitMs: 20_000, everyMs: 5 }

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('startKept()', () => {
  let folder: string
  let pidFile: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kept-'))
    pidFile = join(folder, 'program.pid')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Waits until the program runs. @returns its process id */
  async function programOf(): Promise<number> {
    expect(await waitFor(async () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'), soon)).toBe(
      true,
    )
    return Number(readFileSync(pidFile, 'utf8'))
  }

  const shell = (script: string) =>
    startKept({ command: '/bin/sh', arguments: ['-c', script], pidFile, onOutput: (chunk) => seen.push(String(chunk)) })
  let seen: string[] = []
  beforeEach(() => (seen = []))

  test('reports how the program ended, and its last output', async () => {
    const { ended } = shell('echo to out; echo to err >&2; exit 7')
    const { how, lastOutput } = await ended
    expect(how).toBe('code 7')
    expect(lastOutput).toMatch(/^to (out\nto err|err\nto out)\n$/)
    expect(seen.join('')).toBe(lastOutput)
    expect(existsSync(pidFile)).toBe(false)
  })

  test('reports the signal that killed the program', async () => {
    const { ended } = shell('exec sleep 60')
    process.kill(await programOf(), 'SIGKILL')
    expect((await ended).how).toBe('signal SIGKILL')
  })

  test('reports code 127 and the reason when the program does not exist', async () => {
    const { how, lastOutput } = await startKept({ command: '/nonexistent', arguments: [], pidFile }).ended
    expect(how).toBe('code 127')
    expect(lastOutput).toMatch(/nonexistent.*(not found|No such file)/)
  })

  test('stops the program with SIGTERM', async () => {
    const kept = shell('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.01; done')
    const pid = await programOf()
    expect(await waitFor(async () => seen.join('') === 'ready\n', soon)).toBe(true)
    await kept.stop()
    expect(seen.join('')).toContain('bye')
    expect(isAlive(pid)).toBe(false)
  })

  test('kills a program that ignores SIGTERM', async () => {
    const kept = shell('trap "" TERM; echo ready; while :; do sleep 0.1; done')
    const pid = await programOf()
    expect(await waitFor(async () => seen.join('') === 'ready\n', soon)).toBe(true)
    await kept.stop()
    expect(isAlive(pid)).toBe(false)
  }, 15_000)

  test('runs the program even when its pid file cannot be written, as on a full disk', async () => {
    const kept = startKept({ command: '/bin/sh', arguments: ['-c', 'echo runs'], pidFile: '/dev/full' })
    expect(await kept.ended).toMatchObject({ how: 'code 0', lastOutput: expect.stringContaining('runs') })
  })

  test('stops the program with SIGTERM when its starter is killed and nobody reads its output', async () => {
    const [ready, done] = [join(folder, 'ready'), join(folder, 'done')]
    const program = `trap 'echo one; echo two; echo >${done}; exit 0' TERM; echo >${ready}; while :; do sleep 0.01; done`
    const keeper = fileURLToPath(new URL('../../keeper.sh', import.meta.url))
    const starter: ChildProcess = spawn(process.execPath, [
      '-e',
      `require('child_process').spawn('/bin/sh', process.argv.slice(1), { stdio: 'pipe', detached: true })`,
      ...[keeper, pidFile, '/bin/sh', '-c', program],
    ])
    const pid = await programOf()
    expect(await waitFor(async () => existsSync(ready), soon)).toBe(true)
    starter.kill('SIGKILL')
    await once(starter, 'exit')
    expect(await waitFor(async () => !isAlive(pid), soon)).toBe(true)
    expect(existsSync(done)).toBe(true)
  })
})
