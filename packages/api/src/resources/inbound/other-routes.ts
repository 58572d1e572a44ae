import {
  type Database,
  findDevice,
  type GroupScope,
  type InboundRow,
  listRoutes,
  type RouteRow,
} from '@paikea/database'
import { mismatchOf } from '@paikea/delivery'

/** How many of a group's routes are examined at most. */
const MAX_ROUTES = 500

/** A route that did not apply to a message. */
export interface OtherRoute {
  readonly routeId: number
  readonly reason: 'disabled' | 'made-later' | 'other-kind' | 'other-device' | 'other-type' | 'not-then'
}

/**
 * Why the group's other routes sent nothing for a processed message, judged by their present settings. `not-then`: with
 * these settings they would have sent.
 *
 * @param args.known routes that sent something, or recorded why they did not
 */
export async function findOtherRoutes(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly message: InboundRow
    readonly iam: string | null
    readonly known: ReadonlySet<number>
  },
): Promise<readonly OtherRoute[]> {
  const { scope, message, iam, known } = args
  const { groupId, packetType: messageType, processedAt } = message
  const found = iam === null || processedAt === null ? null : await findDevice(db, { scope: { all: true }, iam })
  if (found === null || groupId === null || processedAt === null) return []
  const device = { id: found.id, kind: found.kind, groupId }
  const routes = await listRoutes(db, { scope, limit: MAX_ROUTES, afterId: null })
  const reasonOf = (route: RouteRow): OtherRoute['reason'] => {
    const mismatch = mismatchOf(route, { device, messageType })
    if (mismatch !== null && mismatch !== 'other-group') return mismatch
    if (!route.enabled) return 'disabled'
    return route.createdAt > processedAt ? 'made-later' : 'not-then'
  }
  return routes
    .filter((route) => route.groupId === groupId && !known.has(route.id))
    .map((route) => ({ routeId: route.id, reason: reasonOf(route) }))
}
