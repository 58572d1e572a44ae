import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listAudit } from '@paikea/database'
import { buildGroup, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import {
  attachModem,
  type Caller,
  cancelDelivery,
  changeDevice,
  changeRoute,
  claimModem,
  createDevice,
  createRoute,
  createToken,
  createUser,
  deleteDevice,
  deleteRoute,
  detachModem,
  logIn,
  resendDelivery,
  resetPassword,
  revokeToken,
  sendMessage,
  systemCaller,
} from './mod.ts'

const IMEI = '300234010753370'
const PACKAGES = join(import.meta.dirname, '..', '..')

describe('operations', () => {
  let db: TestDatabase
  let groupId: number
  let operator: Caller
  const entries = async () => (await listAudit(db, { scope: { all: true }, limit: 100, afterId: null })).toReversed()

  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    groupId = (await buildGroup(db)).id
    const roles = new Map([[groupId, 'admin' as const]])
    // Claimed by somebody's administrator: a group cannot attach what nobody vouched for.
    await db.write((transaction) => db.models.Modem.create({ imei: IMEI, claimed: true }, { transaction }))
    operator = { actor: 'user/7', address: '203.0.113.9', ownerUserId: null, isSystemAdmin: false, roles }
  })
  afterEach(() => db.drop())

  it('record who acted, from which address, and the state before and after', async () => {
    const context = { db, caller: operator }
    const { iam } = await createDevice(context, { kind: 'handset', imei: IMEI, label: 'old' })
    await changeDevice(context, { iam, change: { label: 'new' } })
    await detachModem(context, { iam })
    await detachModem(context, { iam })
    await deleteDevice(context, { iam })
    const subject = `device/${iam}`
    const device = { kind: 'handset', groupId, approved: true, generation: null, owner: null, imei: IMEI }
    expect(await entries()).toMatchObject([
      { action: 'device.created', subject, before: null, after: { label: 'old', imei: IMEI } },
      { action: 'device.changed', before: { ...device, label: 'old' }, after: { ...device, label: 'new' } },
      { action: 'device.modem-detached', before: { imei: IMEI }, after: { imei: null } },
      { action: 'device.deleted', before: { ...device, label: 'new', imei: null }, after: null },
    ])
    for (const { actor, address } of await entries()) expect([actor, address]).toEqual(['user/7', '203.0.113.9'])
  })

  it('each write one audit entry, with no secret in it', async () => {
    const context = { db, caller: systemCaller('test') }
    const password = 'correct horse battery'
    await createUser(context, { email: 'ada@example.org', password, memberships: [{ group: 'crew', role: 'viewer' }] })
    await resetPassword(context, { email: 'ada@example.org', password })
    const session = await logIn(context, { email: 'ada@example.org', password })
    const { row, token } = await createToken(context, { name: 'script', groupId })
    await revokeToken(context, { id: row.id })
    const { iam } = await createDevice(context, { kind: 'buoy', groupId })
    await attachModem(context, { iam, imei: IMEI })
    await claimModem(context, { imei: IMEI, serial: '14105' })
    const target = { kind: 'rockstar', serial: '1' } as const
    const route = { source: { kind: 'buoy' }, messageType: 'any', target, enabled: true, groupId } as const
    const { id } = await createRoute(context, route)
    await changeRoute(context, { id, change: { enabled: false } })
    await deleteRoute(context, { id })
    const sent = await sendMessage(context, { imei: IMEI, text: 'come home' })
    await cancelDelivery(context, { id: sent.row.id })
    await resendDelivery(context, { id: sent.row.id })
    const all = await entries()
    expect(all.map(({ action }) => action)).toEqual([
      'user.created',
      'user.password-reset',
      'session.created',
      'token.created',
      'token.revoked',
      'device.created',
      'device.modem-attached',
      'modem.claimed',
      'route.created',
      'route.changed',
      'route.deleted',
      'outbound.created',
      'outbound.cancelled',
      'outbound.resent',
    ])
    expect(all.at(-3)).toMatchObject({ after: { imei: IMEI, bytes: 9, credits: 1, state: 'queued' } })
    expect(all.at(-2)).toMatchObject({ before: { state: 'queued' }, after: { state: 'cancelled' } })
    const text = JSON.stringify(all)
    for (const secret of [password, session.secret, session.csrfToken, token, 'scrypt'])
      expect(text).not.toContain(secret)
  })

  it('roll back the change when the audit entry cannot be written', async () => {
    const { AuditLog } = db.models
    jest.spyOn(AuditLog, 'create').mockRejectedValue(new Error('no room'))
    await expect(createDevice({ db, caller: operator }, { kind: 'buoy', iam: 'B1' })).rejects.toThrow('no room')
    expect(await db.models.Device.count()).toBe(0)
  })

  it('write no audit entry when they refuse', async () => {
    const viewer: Caller = { ...operator, roles: new Map([[groupId, 'viewer' as const]]) }
    const { iam } = await createDevice({ db, caller: operator }, { kind: 'buoy' })
    const context = { db, caller: viewer }
    await expect(changeDevice(context, { iam, change: { label: 'x' } })).rejects.toMatchObject({ kind: 'forbidden' })
    const stranger = { db, caller: { ...viewer, roles: new Map() } }
    await expect(deleteDevice(stranger, { iam })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(createDevice({ db, caller: operator }, { kind: 'buoy', iam })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'iam-taken',
      errors: [{ field: 'iam' }],
    })
    await expect(createUser(context, { email: 'a@b', password: 'long enough' })).rejects.toMatchObject({
      kind: 'forbidden',
    })
    expect((await entries()).map(({ action }) => action)).toEqual(['device.created'])
  })
})

it('recordAudit() is called from operation.ts alone', () => {
  const sources = readdirSync(PACKAGES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && /\/src(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules') && !file.endsWith('.test.ts'))
  const writers = sources.filter((file) => readFileSync(file, 'utf8').includes('recordAudit('))
  expect(writers.map((file) => file.slice(PACKAGES.length + 1)).sort()).toEqual([
    'database/src/queries/audit.ts',
    'operations/src/operation.ts',
  ])
})
