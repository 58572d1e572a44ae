import { SILENT_LOG } from '@paikea/domain'
import type { OutboundMessage } from '@paikea/database'
import { buildOutbound, openTestDatabase, type DatabaseKind, type TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createFakeService } from '@paikea/rockblock-client/testing'
import { createActivities, type Activities } from '../../src/activities/create-activities.ts'
import type { DeliveryEvent } from '@paikea/delivery'
import type { ActivityDeps } from '../../src/activities/deps.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'

/** The activities over a real database and the real client; only the satellite service is a fake. */
export class ActivityStage {
  readonly db: TestDatabase
  vendor = createFakeService()
  announced: number[] = []
  woken: number[] = []
  events: DeliveryEvent[] = []

  private constructor(db: TestDatabase) {
    this.db = db
  }

  static async open(kind: DatabaseKind): Promise<ActivityStage> {
    return new ActivityStage(await openTestDatabase(kind))
  }

  /** Forgets what the last test did; the database stays. */
  reset(): void {
    this.vendor = createFakeService()
    this.announced = []
    this.woken = []
    this.events = []
  }

  /** The activities of one process. */
  activities(overrides: Partial<ActivityDeps> = {}): Activities {
    const { db, vendor } = this
    return createActivities({
      db,
      intake: createIntake({ db }),
      modemSender: new RockBlockClient({ username: 'user', password: 'password', fetch: vendor.fetch, timeoutMs: 500 }),
      rockStarSender: null,
      notifyOutbound: (rows) => this.announced.push(...rows.map((row) => row.outboundId)),
      wakeOutbound: (outboundId) => this.woken.push(outboundId),
      onDelivery: (event) => this.events.push(event),
      log: SILENT_LOG,
      localTurnWaitMs: 0,
      ...overrides,
    })
  }

  async queuedDelivery(overrides: Parameters<typeof buildOutbound>[1] = {}): Promise<number> {
    return Number((await buildOutbound(this.db, overrides)).id)
  }

  /** A message acted on, with its one delivery. */
  async routedDelivery(): Promise<{ readonly outboundId: number; readonly targetImei: string }> {
    const pair = await buildRoutedPair(this.db)
    const [message] = await storePositions(this.db, { imei: pair.imei, count: 1 })
    const { deliveries } = await this.activities().actOnMessage(message?.messageId ?? 0)
    return { outboundId: deliveries[0] ?? 0, targetImei: pair.targetImei }
  }

  async row(id: number): Promise<OutboundMessage> {
    const row = await this.db.models.OutboundMessage.findByPk(id)
    if (row === null) throw new Error(`no delivery ${id}`)
    return row
  }

  /** Texts of these deliveries in the order in which they have to leave. */
  async textsOf(ids: readonly number[]): Promise<(string | null)[]> {
    const rows = await this.db.models.OutboundMessage.findAll({ where: { id: [...ids] }, order: ['orderKey', 'id'] })
    return rows.map((row) => row.text)
  }
}
