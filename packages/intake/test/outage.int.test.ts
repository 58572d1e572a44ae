import { openDatabase, type StoredMessage } from '@paikea/database'
import { databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createIntake, type Delivery, NotDurableError } from '@paikea/intake'
import { buildWebhook } from '@paikea/rockblock-client/testing'

let momsn = 0
function delivery(): Delivery {
  momsn += 1
  const built = buildWebhook({ format: 'rockblock', fields: { momsn } })
  return { ...built, format: 'rockblock', receivedAt: new Date(), sourceAddress: null, hasSecret: true }
}

async function until(isTrue: () => boolean, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const withMariadb = databaseKinds().includes('mariadb') ? describe : describe.skip

withMariadb('intake while MariaDB is in trouble (skipped where there is none)', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase('mariadb')
  })
  afterEach(() => db.drop())

  it('gives up within two seconds while a table is locked, and tells what was stored after all', async () => {
    const told: StoredMessage[] = []
    const intake = createIntake({ db, onStored: (message) => told.push(message) })
    const other = await openDatabase({ uri: db.uri })
    const given = delivery()
    await other.sequelize.transaction(async (transaction) => {
      await other.sequelize.query('LOCK TABLES inbound_messages WRITE', { transaction })
      const startedAt = performance.now()
      await expect(intake.accept(given)).rejects.toThrow(NotDurableError)
      expect(performance.now() - startedAt).toBeLessThan(2000)
      expect(told).toEqual([])
      await other.sequelize.query('UNLOCK TABLES', { transaction })
    })
    await until(() => told.length === 1)
    await expect(intake.accept(given)).resolves.toMatchObject({ status: 'duplicate', messageId: told[0]?.messageId })
    await other.close()
  })

  it('goes on when the server has closed its connections', async () => {
    const intake = createIntake({ db })
    await intake.accept(delivery())
    const other = await openDatabase({ uri: db.uri })
    const [rows] = await other.sequelize.query(
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    )
    const ids = rows.map((row) => (typeof row === 'object' && row !== null && 'id' in row ? Number(row.id) : 0))
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) await other.sequelize.query(`KILL CONNECTION ${id}`)
    await expect(intake.accept(delivery())).resolves.toMatchObject({ status: 'accepted' })
    await other.close()
  })
})
