import { findInbound, findReportsOfMessages, type Problem, readProblems, storeBatch } from '@paikea/database'
import {
  buildInbound,
  buildReport,
  databaseKinds,
  newInbound,
  newReport,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const INCOMPLETE: Problem = { field: 'iridium_session_status', code: 'incomplete', message: 'the link was lost' }
const CLOCK: Problem = { field: 'at', code: 'clock-wrong', message: 'is 7168 days before the transmission' }

describe.each(databaseKinds())('problems, quality and reliability on %s', (kind) => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase(kind)
  })
  afterEach(() => db.drop())

  it('are stored with the message and its report, and read back', async () => {
    const claimedAt = new Date('2007-03-15T10:40:00Z')
    const report = newReport({ fixAt: null, claimedAt, quality: 'bad', problems: [CLOCK] })
    const doubted = newInbound({ problems: [INCOMPLETE], isIridiumReliable: false, report })
    const [first, second] = await storeBatch(db, [doubted, newInbound()])
    if (first?.status !== 'stored' || second?.status !== 'stored') throw new Error('not stored')
    expect(first.stored).toMatchObject({
      problems: [INCOMPLETE],
      report: { claimedAt, quality: 'bad', problems: [CLOCK], iridium: { isReliable: false } },
    })

    const ids = [first.stored.messageId, second.stored.messageId]
    const [message, other] = await Promise.all(ids.map((id) => findInbound(db, { scope: { all: true }, id })))
    expect(message).toMatchObject({ problems: [INCOMPLETE], isIridiumReliable: false })
    expect(other).toMatchObject({ problems: [], isIridiumReliable: true })
    const reports = await findReportsOfMessages(db, { messageIds: ids })
    expect(reports.get(ids[0] ?? 0)).toMatchObject({
      claimedAt,
      quality: 'bad',
      problems: [CLOCK],
      isIridiumReliable: false,
    })
    expect(reports.get(ids[1] ?? 0)).toMatchObject({
      claimedAt: null,
      quality: 'good',
      problems: [],
      isIridiumReliable: true,
    })
  })

  it('are backfilled by the migration as far as they can be known', async () => {
    const unreliable = await buildInbound(db, { sessionStatus: 2 })
    const fine = await buildInbound(db, { sessionStatus: 0 })
    await buildReport(db, { messageId: unreliable.id })
    await buildReport(db, { messageId: fine.id, hasFix: false })
    let undone: string[]
    do undone = await db.migrateDown()
    while (!undone.includes('0010-what-messages-say'))
    await db.migrate()
    const reports = await findReportsOfMessages(db, { messageIds: [unreliable.id, fine.id] })
    expect(reports.get(unreliable.id)).toMatchObject({ quality: 'not-evaluated', isIridiumReliable: false })
    expect(reports.get(fine.id)).toMatchObject({ quality: 'missing', isIridiumReliable: true })
    const message = await findInbound(db, { scope: { all: true }, id: unreliable.id })
    expect(message).toMatchObject({ isIridiumReliable: false, problems: [] })
  })
})

describe('readProblems()', () => {
  it('reads the old and the current form, and drops anything else', () => {
    const before = { field: 'sog', code: 'malformed', detail: 'is not a decimal number', raw: 'x' }
    expect(readProblems([before, CLOCK, null, 'x', { field: 'lat' }])).toEqual([
      { field: 'sog', code: 'malformed', message: 'is not a decimal number' },
      CLOCK,
    ])
    expect(readProblems(null)).toEqual([])
  })
})
