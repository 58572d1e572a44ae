import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'
import { databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { readyMessage } from './ready-message.ts'
import { until } from './until.ts'

const main = join(import.meta.dirname, '../dist/main.js')
const IMEI = '300434060000888'
const CLIENTS = 6
const MINUTE_MS = 60_000

interface Ran {
  readonly code: number | null
  readonly output: string
}

describe.each(databaseKinds())('backup and restore on %s', (kind) => {
  let folder = ''
  let service: ChildProcess | null = null
  let stored: TestDatabase
  let empty: TestDatabase
  let base = ''
  /** Numbers of the messages that were answered with 200, in that order. */
  const answered: number[] = []
  let isLoaded = true

  const env = (db: TestDatabase, data: string) => ({
    PATH: process.env['PATH'],
    PAIKEA_DATA: join(folder, data),
    PAIKEA_DB_URI: db.uri,
    PAIKEA_PORT: '0',
    PAIKEA_DEVICE_PORT: '0',
    PAIKEA_LOG_LEVEL: 'error',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  })

  function paikea(words: readonly string[], db: TestDatabase, data: string): Promise<Ran> {
    const child = spawn(process.execPath, [main, ...words], { env: env(db, data), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
  }

  async function deliver(momsn: number, to = base): Promise<string> {
    const secret = readFileSync(join(folder, 'data', 'webhook-secret.txt'), 'utf8').trim()
    const text = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'
    const message = { imei: IMEI, momsn, transmit_time: '26-01-02 03:05:30', data: Buffer.from(text).toString('hex') }
    const response = await fetch(`${to}/rockblock/incoming/${secret}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
    })
    const answer: unknown = await response.json()
    return typeof answer === 'object' && answer !== null && 'status' in answer ? String(answer.status) : ''
  }

  async function serve(db: TestDatabase, data: string): Promise<string> {
    const words = [main, 'serve', '--role', 'all']
    service = spawn(process.execPath, words, { env: env(db, data), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const ready = await readyMessage(service)
    return `http://127.0.0.1:${typeof ready === 'object' && ready !== null && 'port' in ready ? String(ready.port) : ''}`
  }

  async function stop(): Promise<void> {
    if (service === null) return
    const ended = once(service, 'exit')
    service.kill('SIGKILL')
    service = null
    await ended
  }

  async function momsnsIn({ uri }: TestDatabase): Promise<number[]> {
    const db = await openDatabase({ uri })
    try {
      const rows = await db.models.InboundMessage.findAll({ attributes: ['momsn'], raw: true })
      return rows.map(({ momsn }) => Number(momsn))
    } finally {
      await db.close()
    }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-backup-'))
    stored = await openTestDatabase(kind)
    empty = await openTestDatabase(kind, { migrate: false })
    // Nobody else may be connected to what is restored.
    await empty.close()
    base = await serve(stored, 'data')
    let momsn = 0
    const send = async (): Promise<void> => {
      while (isLoaded) {
        const mine = (momsn += 1)
        if ((await deliver(mine).catch(() => '')) === 'accepted') answered.push(mine)
      }
    }
    for (let client = 0; client < CLIENTS; client += 1) void send()
  }, MINUTE_MS)

  afterAll(async () => {
    isLoaded = false
    await stop()
    await stored.drop()
    await empty.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const file = (): string => join(folder, 'backup')

  test(
    'captures every message answered before it began, while more come in',
    async () => {
      await until(() => answered.length >= 200)
      const before = answered.slice()
      const { code, output } = await paikea(['backup', '--to', file()], stored, 'data')
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringMatching(/^\d+ messages are in .* MB\); it contains/),
      })
      expect(answered.length).toBeGreaterThan(before.length)
      expect(statSync(file()).mode & 0o777).toBe(0o600)

      const restored = await paikea(['restore', '--from', file()], empty, 'new')
      expect(restored).toEqual({ code: 0, output: expect.stringMatching(/^\d+ messages restored, as of 20/) })
      const found = await momsnsIn(empty)
      const count = Number(/^\d+/.exec(restored.output)?.[0])
      expect(found).toHaveLength(count)
      expect(new Set(found).size).toBe(count)
      expect(before.filter((momsn) => !found.includes(momsn))).toEqual([])
    },
    2 * MINUTE_MS,
  )

  test(
    'continues after a restore with the same webhook secret, and stores no message twice',
    async () => {
      isLoaded = false
      await stop()
      await empty.close()
      const again = await serve(empty, 'new')
      const secretOf = (data: string): string => readFileSync(join(folder, data, 'webhook-secret.txt'), 'utf8')
      expect(secretOf('new')).toBe(secretOf('data'))
      expect(await deliver(1, again)).toBe('duplicate')
      expect(await deliver(1_000_000, again)).toBe('accepted')
    },
    MINUTE_MS,
  )

  test(
    'refuses to restore while the database is in use or, without --replace, holds messages',
    async () => {
      const inUse = await paikea(['restore', '--from', file(), '--replace'], empty, 'new')
      expect(inUse).toEqual({
        code: 1,
        output: expect.stringMatching(/(in use|are connected).*: stop Paikea first\n$/),
      })
      await stop()
      const there = await paikea(['restore', '--from', file()], empty, 'new')
      expect(there).toEqual({ code: 1, output: expect.stringMatching(/^there are \d+ messages in .*--replace/) })
    },
    MINUTE_MS,
  )

  test(
    'moves aside what it replaces, including Temporal’s file',
    async () => {
      const data = join(folder, 'new')
      writeFileSync(join(data, 'temporal.db'), 'of other messages')
      const { code, output } = await paikea(['restore', '--from', file(), '--replace'], empty, 'new')
      expect([code, output]).toEqual([0, expect.any(String)])
      const moved = [...output.matchAll(/^moved aside: (.*)$/gm)].map(([, name = '']) => name)
      expect(moved).toHaveLength(2)
      expect(moved.map((name) => existsSync(name))).toEqual([true, true])
      expect(readFileSync(moved[1] ?? '', 'utf8')).toBe('of other messages')
      expect(readdirSync(data)).not.toContain('temporal.db')
      expect(await momsnsIn(empty)).not.toContain(1_000_000)
    },
    MINUTE_MS,
  )

  test(
    'reports in one line what is wrong with a file',
    async () => {
      const other = join(folder, 'other')
      writeFileSync(other, 'no backup at all')
      const wrong = await paikea(['restore', '--from', other, '--replace'], empty, 'new')
      expect(wrong).toEqual({ code: 1, output: `${other} was not made by \`paikea backup\`\n` })
      const missing = await paikea(['restore', '--from', `${other}2`], empty, 'new')
      expect(missing).toEqual({ code: 1, output: `${other}2 is not there\n` })
      const taken = await paikea(['backup', '--to', other], stored, 'data')
      expect(taken).toEqual({ code: 1, output: `${other} already exists: choose another name\n` })
      const nowhere = await paikea(['backup', '--to', '/dev/null/backup'], stored, 'data')
      expect(nowhere).toEqual({ code: 1, output: expect.stringMatching(/^ENOTDIR: .*\n$/) })
    },
    MINUTE_MS,
  )
})
