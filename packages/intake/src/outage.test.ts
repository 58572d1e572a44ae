import { openDatabase, type StoredMessage } from '@paikea/database'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { buildWebhook } from '@paikea/rockblock-client/testing'

import { type Delivery, NotDurableError } from './delivery.ts'
import { createIntake } from './intake.ts'

let momsn = 0
function delivery(): Delivery {
  momsn += 1
  const built = buildWebhook({ format: 'rockblock', fields: { momsn } })
  return { ...built, format: 'rockblock', receivedAt: new Date(), sourceAddress: null, hasSecret: true }
}

async function until(isTrue: () => boolean | Promise<boolean>, limitMs = 5000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('intake while the database is unreachable', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterEach(() => db.drop())

  it('rejects waiting deliveries as not durable, still admits, and accepts again when it is back', async () => {
    let isBroken = true
    const flaky = {
      ...db,
      writeStatements: (work: Parameters<typeof db.writeStatements>[0]) =>
        isBroken ? Promise.reject(unreachable()) : db.writeStatements(work),
      tryWrite: () => (isBroken ? Promise.reject(unreachable()) : db.tryWrite()),
    } as TestDatabase
    const intake = createIntake({ db: flaky })
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => intake.accept(delivery())))
    expect(results.every((result) => result.status === 'rejected' && result.reason instanceof NotDurableError)).toBe(
      true,
    )
    expect(intake.stats()).toMatchObject({ isDatabaseDown: true, notDurable: 20, accepted: 0 })

    const admitted = await intake.admit(delivery())
    expect(admitted.ok).toBe(true)
    isBroken = false
    await until(() => !intake.stats().isDatabaseDown)
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
  })

  it('gives up on a hung database within a second, and reports a message that is stored after all', async () => {
    const other = await openDatabase({ uri: db.uri })
    const told: StoredMessage[] = []
    const intake = createIntake({ db, writeTimeoutMs: 200, onStored: (message) => told.push(message) })
    let release = (): void => {}
    const isLocked = new Promise<void>((locked) => {
      void other.write(async () => {
        locked()
        await new Promise<void>((resolve) => (release = resolve))
      })
    })
    await isLocked
    const given = delivery()
    const startedAt = performance.now()
    await expect(intake.accept(given)).rejects.toThrow(NotDurableError)
    expect(performance.now() - startedAt).toBeLessThan(1000)
    expect(told).toEqual([])

    release()
    await until(() => told.length === 1)
    await expect(intake.accept(given)).resolves.toMatchObject({ status: 'duplicate', messageId: told[0]?.messageId })
    await other.close()
  })

  it('retries when a write fails at once on a dead connection', async () => {
    let failures = 1
    const flaky = {
      ...db,
      writeStatements: (work: Parameters<typeof db.writeStatements>[0]) =>
        failures-- > 0 ? Promise.reject(unreachable()) : db.writeStatements(work),
    } as TestDatabase
    const intake = createIntake({ db: flaky })
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
    expect(intake.stats().isDatabaseDown).toBe(false)
  })
})

function unreachable(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
}
