import { openDatabase, type Database } from '@paikea/database'
import { buildOutbound, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'
import { createDeliveryFeed } from './delivery-feed.ts'
import { createLiveHub, type LiveHub } from './hub.ts'

describe('createDeliveryFeed()', () => {
  let db: TestDatabase
  let hub: LiveHub
  let told: string[]
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    hub = createLiveHub()
    told = []
  })
  afterEach(() => db.drop())
  const watch = () => hub.subscribe({ send: ({ text }) => void told.push(text), close: () => undefined })
  const feedOf = (of: Database) => createDeliveryFeed({ db: of, hub, log: SILENT_LOG })

  it('reads each delivery once for a whole batch, and tells the same change once', async () => {
    watch()
    const [one, other] = [await buildOutbound(db), await buildOutbound(db)]
    const feed = feedOf(db)
    for (let i = 0; i < 5; i += 1) feed.changed([Number(one.id), Number(other.id)])
    await feed.idle()
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/^event: delivery\ndata: \{.*"state":"queued"/)
  })

  it('asks the database nothing while nobody watches', async () => {
    const { id } = await buildOutbound(db)
    const statements: string[] = []
    const listened = await openDatabase({ uri: db.uri, log: (sql) => void statements.push(sql) })
    statements.length = 0
    const feed = feedOf(listened)
    feed.changed([Number(id)])
    await feed.idle()
    expect(statements).toEqual([])
    watch()
    feed.changed([Number(id)])
    await feed.idle()
    expect(statements).toHaveLength(1)
    await listened.close()
  })

  it('has pages read again where there is too much, and where it could not read', async () => {
    watch()
    const full = feedOf(db)
    full.changed(Array.from({ length: 301 }, (_none, id) => id))
    await full.idle()
    const withoutTables = await openTestDatabase('sqlite', { migrate: false })
    const broken = feedOf(withoutTables)
    broken.changed([1])
    await broken.idle()
    await withoutTables.drop()
    expect(told).toEqual([
      'event: resync\ndata: {"reason":"many-deliveries"}\n\n',
      'event: resync\ndata: {"reason":"missed-deliveries"}\n\n',
    ])
  })
})
