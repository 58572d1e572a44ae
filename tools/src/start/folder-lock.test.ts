import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from './folder-lock.ts'
import { startMark } from './process-identity.ts'
import { StartError } from './start-error.ts'

describe('lockFolder()', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-lock-'))
  })
  afterEach(async () => rm(folder, { recursive: true }))

  test('locks a folder for one at a time, until it is released', async () => {
    const lock = await lockFolder(folder)
    expect(lock.wasAbandoned).toBe(false)
    await expect(lockFolder(folder)).rejects.toThrow(StartError)
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await (await lockFolder(folder)).release()
  })

  test('takes over the lock of a killed process, but not of a running one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const pid = child.pid ?? 0
    const mark = await startMark(pid)
    await writeFile(join(folder, 'paikea.lock'), JSON.stringify({ pid, mark, token: 'x' }))
    const refused = lockFolder(folder)
    await expect(refused).rejects.toThrow(`in use by process ${pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await lockFolder(folder)).toMatchObject({ wasAbandoned: true })
  })

  test('takes over a lock whose process id has been reused', async () => {
    await writeFile(join(folder, 'paikea.lock'), JSON.stringify({ pid: process.pid, mark: 'long ago', token: 'x' }))
    expect(await lockFolder(folder)).toMatchObject({ wasAbandoned: true })
  })

  test('takes over a lock file that cannot be parsed', async () => {
    await writeFile(join(folder, 'paikea.lock'), '{')
    expect(await lockFolder(folder)).toMatchObject({ wasAbandoned: true })
  })

  test('gives an abandoned folder to only one of many', async () => {
    await writeFile(join(folder, 'paikea.lock'), JSON.stringify({ pid: 999_999_999, mark: '1', token: 'x' }))
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })
})
