import { SILENT_LOG } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { openDatabase } from './open-database.ts'
import { followReplica, type ReadSide } from './read-side.ts'

/** Two databases that nobody keeps alike: the test is the replication. */
describe('followReplica()', () => {
  let primary: Database
  let replica: Database
  let side: ReadSide
  const lines: string[] = []
  const log = { ...SILENT_LOG, warn: (event: string) => void lines.push(event) }

  beforeEach(async () => {
    primary = await openDatabase({ uri: 'sqlite::memory:' })
    replica = await openDatabase({ uri: 'sqlite::memory:' })
    await primary.migrate()
    lines.length = 0
    side = followReplica({ primary, replica, log, everyMs: 5, maxLagMs: 60_000 })
  })
  afterEach(async () => {
    await side.close()
    await primary.close()
  })

  const addEvent = (db: Database): Promise<unknown> =>
    db.write((transaction: Transaction) =>
      db.sequelize.query(
        `INSERT INTO events (kind, subject_id, at) VALUES ('delivery', 1, '2026-11-29 12:00:00.000')`,
        {
          transaction,
        },
      ),
    )
  const until = async (what: () => boolean): Promise<void> => {
    const end = Date.now() + 30_000
    while (!what()) {
      if (Date.now() > end) throw new Error('it did not come about')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('switches to the replica as soon as it has the tables and the latest event', async () => {
    await addEvent(primary)
    expect(side.reader()).toBe(primary)
    await replica.migrate()
    await addEvent(replica)
    await until(() => side.reader() === replica)
    expect(side.lagMs()).toBeLessThan(60_000)
  })

  it('falls back to the primary while the replica does not answer', async () => {
    await replica.migrate()
    await until(() => side.reader() === replica)
    await replica.close()
    await until(() => side.reader() === primary)
    expect(lines).toEqual(['replica.not-read'])
  })

  it('falls back to the primary while the replica lags too far behind', async () => {
    await side.close()
    replica = await openDatabase({ uri: 'sqlite::memory:' })
    await replica.migrate()
    side = followReplica({ primary, replica, log, everyMs: 5, maxLagMs: 300 })
    await until(() => side.reader() === replica)
    await addEvent(primary)
    await until(() => side.reader() === primary)
    await addEvent(replica)
    await until(() => side.reader() === replica)
  })
})
