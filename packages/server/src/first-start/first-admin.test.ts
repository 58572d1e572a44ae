import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '@paikea/api'
import type { Database } from '@paikea/database'
import { createUser, systemCaller } from '@paikea/operations'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { loadConfig } from '../config/load-config.ts'
import { adminPasswordFile, prepareAccounts } from './first-admin.ts'

let folder = ''
let db: TestDatabase
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paikea-admin-'))
  db = await openTestDatabase('sqlite')
})
afterEach(async () => {
  await db.drop()
  rmSync(folder, { recursive: true })
})

/** What the log-in answers to the password in the file. */
async function logInByFile(): Promise<number> {
  const password = readFileSync(adminPasswordFile(folder), 'utf8').trim()
  const api = createApi({ db, intake: createIntake({ db }), config: { webhookSecret: 'x' } })
  const listening = await api.listen(0)
  const answer = await fetch(`http://127.0.0.1:${listening.port}/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'admin@paikea.local', password }),
  })
  await answer.arrayBuffer()
  await listening.close()
  return answer.status
}

/** The connection is lost with the answer to the commit that makes a user: nobody hears that it was made. */
function losingAnswer(): Database {
  let isLost = false
  return {
    ...db,
    async write(work) {
      const before = await db.models.User.count()
      const result = await db.write(work)
      if (isLost || (await db.models.User.count()) === before) return result
      isLost = true
      throw new Error('the connection was lost')
    },
  }
}

describe('prepareAccounts()', () => {
  const config = () => loadConfig({ PAIKEA_DATA: folder })

  it('creates one administrator, and writes a working password to the file', async () => {
    const file = adminPasswordFile(folder)
    expect(await prepareAccounts(config(), db)).toEqual({ email: 'admin@paikea.local', passwordFile: file })
    expect(await logInByFile()).toBe(200)
    expect(await prepareAccounts(config(), db)).toBeNull()
  })

  it('leaves a working password when the answer to the commit is lost', async () => {
    expect(await prepareAccounts(config(), losingAnswer())).toMatchObject({ email: 'admin@paikea.local' })
    expect(await logInByFile()).toBe(200)
  })

  it('leaves a working password when the database then goes away too, and succeeds on the next start', async () => {
    const losing = losingAnswer()
    const { User } = db.models
    const count = User.count.bind(User)
    const away: Database = {
      ...db,
      async write(work) {
        try {
          return await losing.write(work)
        } catch (error) {
          Object.assign(User, { count: () => Promise.reject(new Error('away')) })
          throw error
        }
      },
    }
    await expect(prepareAccounts(config(), away)).rejects.toThrow('away')
    Object.assign(User, { count })
    expect(await prepareAccounts(config(), db)).toBeNull()
    expect(await logInByFile()).toBe(200)
  })

  it('leaves no file when an account already exists', async () => {
    await createUser(
      { db, caller: systemCaller('test') },
      { email: 'ada@example.org', password: 'correct horse battery' },
    )
    expect(await prepareAccounts(config(), db)).toBeNull()
    expect(existsSync(adminPasswordFile(folder))).toBe(false)
  })

  it('keeps the file of a faster process in the same folder', async () => {
    const quicker: Database = {
      ...db,
      async write(work) {
        if (existsSync(adminPasswordFile(folder))) await prepareAccounts(config(), db)
        return db.write(work)
      },
    }
    expect(await prepareAccounts(config(), quicker)).toMatchObject({ email: 'admin@paikea.local' })
    expect(await logInByFile()).toBe(200)
  })

  it.each(['', 'two words\nand a line'])('refuses a file that holds no password: %j', async (text) => {
    writeFileSync(adminPasswordFile(folder), text)
    await expect(prepareAccounts(config(), db)).rejects.toThrow('remove it, and a new one is generated')
    expect(await db.models.User.count()).toBe(0)
  })

  it('uses the configured password, and writes no file', async () => {
    const given = { PAIKEA_ADMIN_EMAIL: 'ops@example.org', PAIKEA_ADMIN_PASSWORD: 'given-by-the-operator' }
    const configured = loadConfig({ PAIKEA_DATA: folder, ...given })
    expect(await prepareAccounts(configured, db)).toEqual({ email: 'ops@example.org', passwordFile: null })
    expect(existsSync(adminPasswordFile(folder))).toBe(false)
  })
})
