import { type Database, findDevice, findRoute, listRoutes, type RouteRow } from '@paikea/database'
import { DEVICE_KINDS } from '@paikea/domain'
import {
  backfillRoute,
  changeRoute,
  createRoute,
  deleteRoute,
  type RouteSource,
  type RouteTarget,
} from '@paikea/operations'
import { groupIdOf, printAll, readId, withOperations, wrong } from './routing-context.ts'
import type { RouteFlags } from './routing-program.ts'

const ALL = { all: true } as const
const PER_PAGE = 500

/** `routes list` */
export async function listRoutesCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: RouteFlags) {
  await withOperations(env, async ({ db }) => {
    for (let afterId: number | null = null; ;) {
      const page: readonly RouteRow[] = await listRoutes(db, { scope: ALL, limit: PER_PAGE, afterId })
      print(flags, page)
      afterId = page.at(-1)?.id ?? null
      if (afterId === null || page.length < PER_PAGE) return
    }
  })
}

/** `routes add` */
export async function addRouteCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: RouteFlags) {
  await withOperations(env, async (context) => {
    const { from, to, type = 'any', disabled = false } = flags
    if (from === undefined) throw wrong('--from', 'is missing')
    if (to === undefined) throw wrong('--to', 'is missing')
    const groupId = await groupIdOf(context.db, flags.group)
    const source = await readSource(context.db, from)
    const input = { source, messageType: type, target: readTarget(to), enabled: !disabled, groupId }
    await show(context.db, flags, (await createRoute(context, input)).id)
  })
}

/** `routes change` */
export async function changeRouteCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: RouteFlags) {
  await withOperations(env, async (context) => {
    const { from, to, type, enable = false, disable = false } = flags
    if (enable && disable) throw wrong('--enable', 'must not be combined with --disable')
    const change = {
      source: from === undefined ? undefined : await readSource(context.db, from),
      target: to === undefined ? undefined : readTarget(to),
      messageType: type,
      enabled: enable || disable ? enable : undefined,
    }
    await changeRoute(context, { id: readId(id), change })
    await show(context.db, flags, readId(id))
  })
}

/** `routes backfill`: a dry run unless `--confirm` is given. */
export async function backfillRouteCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: RouteFlags) {
  await withOperations(env, async (context) => {
    const from = readTime('--since', flags.since)
    const to = flags.until === undefined ? undefined : readTime('--until', flags.until)
    const confirm = flags.confirm === undefined ? undefined : Number(flags.confirm)
    if (confirm !== undefined && !Number.isSafeInteger(confirm)) throw wrong('--confirm', 'must be a number of credits')
    const done = await backfillRoute(context, { id: readId(id), from, to, confirm })
    printAll(flags, [done], (one) => [
      ...[`${one.messages} messages`, `${one.deliveries} deliveries`, `${one.credits} credits`, one.skipped],
      one.applied ? 'queued' : `not sent: confirm with --confirm ${one.credits}`,
    ])
    if (done.isCut) process.stderr.write('more remains than one call covers: repeat it afterwards\n')
  })
}

function readTime(flag: string, text: string | undefined): Date {
  const time = new Date(text ?? '')
  if (Number.isNaN(time.getTime())) throw wrong(flag, 'must be a time such as 2026-11-24T03:00:00Z')
  return time
}

/** `routes remove` */
export async function removeRouteCommand(env: NodeJS.ProcessEnv, [id]: readonly string[]) {
  await withOperations(env, (context) => deleteRoute(context, { id: readId(id) }))
}

async function readSource(db: Database, text: string): Promise<RouteSource> {
  const kind = [...DEVICE_KINDS, 'any' as const].find((one) => one === text)
  if (kind !== undefined) return { kind }
  const device = await findDevice(db, { scope: ALL, iam: text })
  if (device === null) throw wrong('--from', `there is no device ${JSON.stringify(text)}`)
  return { kind: device.kind, iam: device.iam }
}

/** `7`, or a kind with its single address field. */
function readTarget(text: string): RouteTarget {
  if (/^\d+$/.test(text)) return { kind: 'endpoint', endpointId: Number(text) }
  const [kind, address] = text.split(':')
  if (kind === 'modem') return { kind, imei: address }
  if (kind === 'rockstar') return { kind, serial: address }
  throw wrong('--to', 'must be the id of an endpoint, modem:<imei> or rockstar:<serial>')
}

async function show(db: Database, flags: RouteFlags, id: number): Promise<void> {
  const row = await findRoute(db, { scope: ALL, id })
  if (row !== null) print(flags, [row])
}

function print(flags: RouteFlags, rows: readonly RouteRow[]): void {
  printAll(flags, rows, (row) => [
    ...[row.id, row.sourceIam ?? row.sourceKind, row.messageType, row.targetKind, row.endpoint.config],
    ...[`endpoint ${row.endpointId}`, row.enabled ? 'on' : 'off'],
  ])
}
