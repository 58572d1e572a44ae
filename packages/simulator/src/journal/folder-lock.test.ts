import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createWebServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { FolderInUse, type FolderLock, lockFolder } from './folder-lock.ts'

// Who is refused has waited for a second first, and for five where nobody says a word.
jest.setTimeout(20_000)

let above: string
let folder: string
const held: FolderLock[] = []

beforeEach(() => {
  above = mkdtempSync(path.join(tmpdir(), 'lock-'))
  folder = path.join(above, 'data')
  mkdirSync(folder)
})

afterEach(() => {
  for (const lock of held.splice(0)) lock.release()
  rmSync(above, { recursive: true })
})

async function take(of = folder): Promise<FolderLock> {
  const lock = await lockFolder(of)
  held.push(lock)
  return lock
}

/** A file as it was left by one who listened on that port. */
function leaveFile(port: number): void {
  writeFileSync(path.join(folder, `in-use-${port}-11111111-1111-4111-8111-111111111111.lock`), '')
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A server on a TCP port has an address object.
  return (server.address() as AddressInfo).port
}

describe('lockFolder()', () => {
  it('gives a folder to one, and after its release to the next', async () => {
    const lock = await take()
    await expect(take()).rejects.toThrow(FolderInUse)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
    await take()
  })

  it('waits for one that is just ending', async () => {
    const lock = await take()
    const next = take()
    setImmediate(() => lock.release())
    await next
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('gives a folder to one of many that start at once, among files of the dead', async () => {
    const server = createServer()
    const port = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    leaveFile(port)
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => take()))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('is not misled by a port that another program has now', async () => {
    const web = createWebServer()
    leaveFile(await listening(web))
    await take()
    expect(readdirSync(folder)).toHaveLength(1)
    web.close()
  })

  it('takes one that is alive and silent for the holder', async () => {
    const sockets: { destroy(): void }[] = []
    const mute = createServer((socket) => void sockets.push(socket.on('error', () => {})))
    leaveFile(await listening(mute))
    await expect(take()).rejects.toThrow(FolderInUse)
    for (const socket of sockets) socket.destroy()
    mute.close()
  })

  it('is not bound by the holder of a folder that this one is a copy of', async () => {
    await take()
    const copy = path.join(above, 'copy')
    cpSync(folder, copy, { recursive: true })
    await take(copy)
    expect(readdirSync(copy)).not.toEqual(readdirSync(folder))
  })

  it('knows a folder that was renamed since', async () => {
    const lock = await take()
    const renamed = path.join(above, 'renamed')
    renameSync(folder, renamed)
    await expect(take(renamed)).rejects.toThrow(FolderInUse)
    renameSync(renamed, folder)
    lock.release()
  })

  it('passes over the file of a process that was killed', async () => {
    const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)))`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [port] = (await once(child.stdout, 'data')) as [Buffer] // what a stream without an encoding gives
    leaveFile(Number(port.toString()))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await take()
    expect(readdirSync(folder)).toHaveLength(1)
  })
})
