import { randomInt } from 'node:crypto'
import { storeBatch, type Database, type NewInbound, type StoredMessage } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildModem,
  buildOutbound,
  buildRoute,
  newInbound,
  newReport,
} from '@paikea/database/testing'

/** A buoy with its modem, and a handset that a route leads to. */
export interface RoutedPair {
  readonly groupId: number
  readonly deviceId: number
  readonly iam: string
  readonly imei: string
  readonly routeId: number
  readonly targetImei: string
  readonly targetIam: string
  readonly targetModemId: number
}

/** Creates a buoy whose reports go to a handset's modem. */
export async function buildRoutedPair(db: Database): Promise<RoutedPair> {
  const group = await buildGroup(db)
  const modem = await buildModem(db)
  const device = await buildDevice(db, { groupId: group.id, modemId: modem.id })
  const target = await buildModem(db)
  const handset = await buildDevice(db, { groupId: group.id, kind: 'handset', modemId: target.id })
  const route = await buildRoute(db, { groupId: group.id, sourceDeviceId: device.id, targetModemId: target.id })
  return {
    groupId: group.id,
    deviceId: device.id,
    iam: device.iam,
    imei: modem.imei,
    routeId: route.id,
    targetImei: target.imei,
    targetIam: handset.iam,
    targetModemId: target.id,
  }
}

/**
 * Makes this database's delivery ids start at a random number: workflows are named after them, and tests with separate
 * databases share one Temporal server.
 */
export async function spreadDeliveryIds(db: Database): Promise<void> {
  await buildOutbound(db, { id: randomInt(1_000_000, 2_000_000_000), state: 'cancelled', finishedAt: new Date() })
}

let seconds = 0

/** Stores positions of a modem, each with its own fix, as one batch. */
export async function storePositions(
  db: Database,
  args: { readonly imei: string; readonly count: number; readonly receivedAt?: Date; readonly fixAt?: Date },
): Promise<StoredMessage[]> {
  const receivedAt = args.receivedAt ?? new Date()
  const items = Array.from({ length: args.count }, () => {
    seconds += 1
    // One fix a second, going back from now: each position differs, so none is a repeat.
    const fixAt = args.fixAt ?? new Date(receivedAt.getTime() - 86_400_000 + seconds * 1_000)
    return newInbound({ imei: args.imei, receivedAt, transmitTime: fixAt, report: newReport({ fixAt, at: fixAt }) })
  })
  return store(db, items)
}

/** Stores commands from a modem, one after another: a beacon on or off, or an interval. */
export function storeCommands(
  db: Database,
  args: {
    readonly imei: string
    readonly commands: readonly {
      readonly wish: boolean | number
      readonly transmitTime: Date | null
      readonly receivedAt?: Date
    }[]
  },
): Promise<StoredMessage[]> {
  const items = args.commands.map(({ wish, transmitTime, receivedAt = new Date() }) => {
    const packetType = typeof wish === 'boolean' ? 'PK005' : 'PK006'
    const command = typeof wish === 'boolean' ? { command: 'beacon', on: wish } : { command: 'interval', minutes: wish }
    const decoded = { kind: 'command', packetType, command, problems: [] }
    return newInbound({ imei: args.imei, receivedAt, transmitTime, packetType, decoded, report: null })
  })
  return store(db, items)
}

async function store(db: Database, items: readonly NewInbound[]): Promise<StoredMessage[]> {
  const outcomes = await storeBatch(db, items)
  return outcomes.map((outcome) => {
    if (outcome.status !== 'stored') throw new Error(`not stored: ${outcome.status}`)
    return outcome.stored
  })
}
