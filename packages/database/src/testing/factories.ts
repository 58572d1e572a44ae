import { randomInt } from 'node:crypto'

import type { CreationAttributes } from 'sequelize'

import type { Database } from '../database.ts'
import type { Group } from '../tables/groups.ts'
import type { User } from '../tables/users.ts'
import type { Endpoint } from '../tables/endpoints.ts'
import type { Device } from '../tables/devices.ts'
import type { Modem } from '../tables/modems.ts'
import type { ModemAssignment } from '../tables/modem-assignments.ts'
import type { InboundMessage } from '../tables/inbound-messages.ts'
import type { OutboundMessage } from '../tables/outbound-messages.ts'
import type { Route } from '../tables/routes.ts'
import type { Report } from '../tables/reports.ts'

type Overrides<Row extends Group | User | Modem | Device | InboundMessage | Report | Route | OutboundMessage> = Partial<
  CreationAttributes<Row>
>

/** Default rows for tests; a test passes the values that matter. Each runs in its own transaction. */
export const buildGroup = (db: Database, overrides: Overrides<Group> = {}): Promise<Group> =>
  db.write((transaction) => db.models.Group.create({ name: `group ${unique()}`, ...overrides }, { transaction }))

export const buildUser = (db: Database, overrides: Overrides<User> = {}): Promise<User> =>
  db.write((transaction) =>
    db.models.User.create(
      { email: `user-${unique()}@example.org`, passwordHash: 'none', displayName: 'A User', ...overrides },
      { transaction },
    ),
  )

export const buildModem = (db: Database, overrides: Overrides<Modem> = {}): Promise<Modem> =>
  db.write((transaction) =>
    db.models.Modem.create(
      { imei: randomImei(), serial: String(randomInt(10_000, 99_999)), claimed: true, ...overrides },
      { transaction },
    ),
  )

/** A device, in a new group if none is given, with the modem `modemId` attached. */
export async function buildDevice(
  db: Database,
  overrides: Overrides<Device> & { readonly modemId?: number } = {},
): Promise<Device> {
  const { modemId, ...columns } = overrides
  const groupId = columns.groupId ?? (await buildGroup(db)).id
  const device = await db.write((transaction) =>
    db.models.Device.create({ iam: `buoy-${unique()}`, kind: 'buoy', ...columns, groupId }, { transaction }),
  )
  if (modemId !== undefined) await attachModem(db, { modemId, deviceId: device.id })
  return device
}

export const attachModem = (
  db: Database,
  { modemId, deviceId, fromAt }: { modemId: number; deviceId: number; fromAt?: Date },
): Promise<ModemAssignment> =>
  db.write((transaction) =>
    db.models.ModemAssignment.create(
      { modemId, deviceId, fromAt: fromAt ?? new Date(), openModemId: modemId, openDeviceId: deviceId },
      { transaction },
    ),
  )

export async function buildInbound(db: Database, overrides: Overrides<InboundMessage> = {}): Promise<InboundMessage> {
  const device = overrides.deviceId == null ? null : await db.models.Device.findByPk(overrides.deviceId)
  return db.write((transaction) =>
    db.models.InboundMessage.create(
      {
        duplicateKey: `test/${unique()}`,
        format: 'rockblock',
        receivedAt: new Date(),
        state: 'accepted',
        packetType: 'PK001',
        verifiedBy: 'secret',
        rawBody: Buffer.from('imei=300234010753370'),
        groupId: device?.groupId ?? null,
        ...overrides,
      },
      { transaction },
    ),
  )
}

/** A report; `messageId` and `modemId` are created if not given. */
export async function buildReport(db: Database, overrides: Overrides<Report> = {}): Promise<Report> {
  const modemId = overrides.modemId ?? (await buildModem(db)).id
  const deviceId = overrides.deviceId ?? null
  const messageId = overrides.messageId ?? (await buildInbound(db, { modemId, deviceId })).id
  const at = overrides.at ?? new Date()
  return db.write((transaction) =>
    db.models.Report.create(
      {
        packetType: 'PK001',
        at,
        receivedAt: at,
        fixAt: at,
        hasFix: true,
        latitude: -16.5,
        longitude: -151.75,
        source: 'device',
        quality: 'good',
        ...overrides,
        messageId,
        modemId,
        deviceId,
      },
      { transaction },
    ),
  )
}

/** A route to a modem, or to the RockSTAR of `targetSerial`; group, modem and endpoint are created if not given. */
export async function buildRoute(
  db: Database,
  overrides: Overrides<Route> & { readonly targetModemId?: number; readonly targetSerial?: string } = {},
): Promise<Route> {
  const { targetModemId, targetSerial, ...columns } = overrides
  const groupId = columns.groupId ?? (await buildGroup(db)).id
  const endpoint = await targetOf(db, { groupId, endpointId: columns.endpointId, targetModemId, targetSerial })
  return db.write((transaction) =>
    db.models.Route.create(
      {
        sourceKind: 'any',
        messageType: 'any',
        ...columns,
        groupId,
        targetKind: endpoint.kind,
        endpointId: endpoint.id,
      },
      { transaction },
    ),
  )
}

async function targetOf(
  db: Database,
  target: {
    readonly groupId: number
    readonly endpointId: number | null | undefined
    readonly targetModemId: number | undefined
    readonly targetSerial: string | undefined
  },
): Promise<Endpoint> {
  const { groupId, endpointId, targetModemId, targetSerial } = target
  if (endpointId != null) return db.models.Endpoint.findByPk(endpointId, { rejectOnEmpty: true })
  const isModem = targetSerial === undefined
  const modem = !isModem
    ? null
    : targetModemId === undefined
      ? await buildModem(db)
      : await db.models.Modem.findByPk(targetModemId, { rejectOnEmpty: true })
  const kind = isModem ? 'modem' : 'rockstar'
  const address = modem?.imei ?? targetSerial ?? ''
  const addressKey = `${kind}/${address}`
  const same = await db.models.Endpoint.findOne({ where: { groupId, addressKey } })
  const config = isModem ? { imei: address } : { serial: address }
  return same ?? buildEndpoint(db, { groupId, kind, addressKey, modemId: modem?.id ?? null, config })
}

/** An endpoint; a webhook unless a kind is given. */
export async function buildEndpoint(
  db: Database,
  overrides: Partial<Omit<CreationAttributes<Endpoint>, 'config' | 'secrets'>> & {
    readonly config?: unknown
    readonly secrets?: unknown
  } = {},
): Promise<Endpoint> {
  const { config = { url: 'https://example.org/hook' }, secrets = null, ...columns } = overrides
  const groupId = columns.groupId ?? (await buildGroup(db)).id
  return db.write((transaction) =>
    db.models.Endpoint.create(
      {
        kind: 'webhook',
        addressKey: `test/${unique()}`,
        ...columns,
        groupId,
        config: JSON.stringify(config),
        secrets: secrets === null ? null : JSON.stringify(secrets),
      },
      { transaction },
    ),
  )
}

export async function buildOutbound(
  db: Database,
  overrides: Overrides<OutboundMessage> = {},
): Promise<OutboundMessage> {
  const imei = overrides.imei ?? randomImei()
  return db.write((transaction) =>
    db.models.OutboundMessage.create(
      {
        causeKind: 'person',
        targetKind: 'modem',
        targetKey: `modem/${imei}`,
        orderKey: 0,
        text: 'hello',
        payload: Buffer.from('hello'),
        credits: 1,
        ...overrides,
        imei,
      },
      { transaction },
    ),
  )
}

/** Fifteen digits, like a modem's. */
export function randomImei(): string {
  return `3002${String(randomInt(0, 100_000_000_000)).padStart(11, '0')}`
}

let count = 0
function unique(): string {
  count += 1
  return `${count}-${randomInt(0, 1_000_000_000).toString(36)}`
}
