import { claimFreeModem, claimModem, findModem, listModems, recordAudit } from '@paikea/database'
import { chooseGroup } from '../../auth/choose-group.ts'
import { hasRole, requireRole, type Principal } from '../../auth/principal.ts'
import { ApiError, conflict, notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentModem } from './presenter.ts'
import { ClaimModemSchema, ListModemsQuery, ModemPage, ModemParams, ModemSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'failedLogIns'>>()

/** Satellite modems. */
export const modemRoutes = [
  route({
    method: 'GET',
    path: '/v1/modems',
    summary: 'Modems, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListModemsQuery,
    answer: ModemPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope, principal }, { db }) => {
      const claimed = query.claimed === undefined ? undefined : query.claimed === 'true'
      return ok(
        await pageById(
          query,
          (page) => listModems(db, { scope, claimed, ...page }),
          (row) => presentModem(row, principal),
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/modems/:imei',
    summary: 'A modem',
    access: 'viewer',
    limit: 'reads',
    params: ModemParams,
    answer: ModemSchema,
    run: async ({ params, scope, principal }, { db }) => {
      const row = await findModem(db, { scope, imei: params.imei })
      if (row === null) throw notFound('modem')
      return ok(presentModem(row, principal))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/modems/:imei/claim',
    summary: 'Say that a modem is ours',
    access: 'operator',
    limit: 'writes',
    params: ModemParams,
    body: ClaimModemSchema,
    answer: ModemSchema,
    problems: ['serial-differs', 'modem-of-another-group'],
    run: async ({ params, body, principal, scope }, { db, failedLogIns }) => {
      const { imei } = params
      const { groupId: wanted, ...values } = body
      const before = await findModem(db, { scope: { all: true }, imei })
      const owner = before === null ? null : (before.device?.groupId ?? before.groupId)
      const isOurs =
        principal.isSystemAdmin || (before !== null && owner !== null && hasRole(principal, owner, 'operator'))
      if (!isOurs && values.serial === undefined) {
        if ((await findModem(db, { scope, imei })) === null) throw notFound('modem')
        requireRole(principal, owner, 'operator')
      }
      if (isOurs) {
        const isNamed = principal.isSystemAdmin && wanted !== undefined
        const groupId = isNamed ? await chooseGroup(db, principal, 'operator', wanted) : undefined
        await db.write(async (tx) => {
          await claimModem(db, { imei, ...values, groupId }, tx)
          const audit = { actor: principal.actor, action: 'modem.claimed', subject: `modem/${imei}` }
          await recordAudit(db, { ...audit, groupId: owner, detail: body }, tx)
        })
      } else {
        await claimBySerial({ db, failedLogIns }, principal, { imei, ...values, serial: values.serial ?? '', wanted })
      }
      const row = await findModem(db, { scope: { all: true }, imei })
      if (row === null) throw notFound('modem')
      return ok(presentModem(row, principal))
    },
  }),
] as const

/**
 * The serial is printed on the modem: who has it in hand may claim it. A few tries only, for it is a short number.
 *
 * @throws ApiError 403 for another serial, 409 for a modem that is somebody else's, 429 after too many tries
 */
async function claimBySerial(
  { db, failedLogIns }: Pick<Services, 'db' | 'failedLogIns'>,
  principal: Principal,
  claim: {
    readonly imei: string
    readonly serial: string
    readonly label?: string | null | undefined
    readonly wanted: number | undefined
  },
): Promise<void> {
  const { imei, serial, label, wanted } = claim
  const tries = [`claim of ${imei}`, `claims by ${principal.account}`]
  for (const key of tries) await failedLogIns.check(key)
  const groupId = await chooseGroup(db, principal, 'operator', wanted)
  const known = await findModem(db, { scope: { all: true }, imei })
  if (known === null || known.serial !== serial) {
    for (const key of tries) await failedLogIns.count(key)
    const detail = 'That is not the serial of this modem, or no message has told it yet.'
    throw new ApiError(403, 'serial-differs', detail, {
      errors: [{ field: 'serial', code: 'serial-differs', message: detail }],
    })
  }
  await db.write(async (tx) => {
    const isFree = known.device === null
    const values = { imei, serial, groupId, ...(label === undefined ? {} : { label }) }
    if (!isFree || !(await claimFreeModem(db, values, tx))) {
      throw conflict('modem-of-another-group', 'That modem belongs to another group.', 'imei')
    }
    const audit = { actor: principal.actor, action: 'modem.claimed', subject: `modem/${imei}` }
    await recordAudit(db, { ...audit, groupId, detail: { bySerial: true } }, tx)
  })
}
