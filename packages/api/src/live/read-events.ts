import {
  type Database,
  type EventKind,
  type EventRow,
  findDeviceNames,
  listCommandsAmong,
  listDeliveryStates,
  listUpgradesAmong,
} from '@paikea/database'
import { presentCommand } from '../resources/commands/presenter.ts'
import type { CommandView } from '../resources/commands/schema.ts'
import { presentUpgrade } from '../resources/firmware/presenter.ts'
import type { LiveEvent } from './hub.ts'
import { presentDelivery } from './present-delivery.ts'
import { readMessageEvents } from './stored-events.ts'

/** `data` of a `command` event: the command as in the list, with its device. */
export interface CommandEventData extends CommandView {
  readonly iam: string | null
}

/** `data` of a `presence` event. */
export interface PresenceEventData {
  readonly iam: string
  readonly device: 'online' | 'offline'
  readonly since: string
}

/**
 * Turns stored events into live ones that show each subject's current state: several changes of one subject yield only
 * the last.
 */
export async function readEvents(
  db: Database,
  rows: readonly EventRow[],
  now = new Date(),
): Promise<readonly LiveEvent[]> {
  const of = (kind: EventKind): EventRow[] => rows.filter((row) => row.kind === kind)
  const idsOf = (kind: EventKind): number[] => [...new Set(of(kind).map(({ subjectId }) => subjectId))]
  // Sequentially: a burst must not take all connections.
  const ofCommands = await readCommandEvents(db, { ids: idsOf('command'), outboundIds: idsOf('delivery') }, now)
  const deliveries = await listDeliveryStates(db, {
    ids: [...new Set([...idsOf('delivery'), ...ofCommands.outboundIds])],
    causeMessageIds: idsOf('planned'),
  })
  const upgradeIds = idsOf('upgrade')
  const upgrades = upgradeIds.length === 0 ? [] : await listUpgradesAmong(db, { ids: upgradeIds })
  return [
    ...(await readMessageEvents(
      db,
      of('report').map((row) => ({ id: row.subjectId, since: ` event ${String(row.id)}` })),
    )),
    ...deliveries.map(presentDelivery),
    ...ofCommands.events,
    ...upgrades.map((row): LiveEvent => {
      const version = [row.state, row.reason?.code ?? '', row.runs, row.restarts, row.filesDone].join('/')
      return {
        type: 'upgrade',
        groupId: row.groupId,
        key: `${String(row.id)}/${version}`,
        data: presentUpgrade(row),
      }
    }),
    ...(await readPresenceEvents(db, of('presence'))),
  ]
}

/** A change of a device's link, as an event. */
export function presentPresence(change: {
  readonly iam: string
  readonly groupId: number
  readonly isOnline: boolean
  readonly since: string
}): LiveEvent {
  const { iam, groupId, isOnline, since } = change
  const device = isOnline ? 'online' : 'offline'
  const data: PresenceEventData = { iam, device, since }
  return { type: 'presence', groupId, key: `${iam}/${device}/${since}`, data }
}

async function readCommandEvents(
  db: Database,
  ids: { readonly ids: readonly number[]; readonly outboundIds: readonly number[] },
  now: Date,
): Promise<{ readonly events: readonly LiveEvent[]; readonly outboundIds: readonly number[] }> {
  if (ids.ids.length === 0 && ids.outboundIds.length === 0) return { events: [], outboundIds: [] }
  const rows = await listCommandsAmong(db, ids)
  const devices = await findDeviceNames(db, { deviceIds: rows.map(({ deviceId }) => deviceId) })
  const events = rows.map((row): LiveEvent => {
    const data: CommandEventData = { ...presentCommand(row, now), iam: devices.get(row.deviceId)?.iam ?? null }
    const key = [row.id, data.state, data.stateReason ?? '', data.sentAt ?? ''].join('/')
    return { type: 'command', groupId: row.groupId, key, data }
  })
  return { events, outboundIds: rows.flatMap(({ outboundId }) => outboundId ?? []) }
}

async function readPresenceEvents(db: Database, rows: readonly EventRow[]): Promise<readonly LiveEvent[]> {
  const devices = await findDeviceNames(db, { deviceIds: rows.map(({ subjectId }) => subjectId) })
  return rows.flatMap(({ subjectId, data }) => {
    const device = devices.get(subjectId)
    return device === undefined || !isPresence(data) ? [] : presentPresence({ ...device, ...data })
  })
}

function isPresence(data: unknown): data is { readonly isOnline: boolean; readonly since: string } {
  return (
    typeof data === 'object' &&
    data !== null &&
    'isOnline' in data &&
    typeof data.isOnline === 'boolean' &&
    'since' in data &&
    typeof data.since === 'string'
  )
}
