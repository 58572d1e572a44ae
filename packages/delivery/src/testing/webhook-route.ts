import { randomUUID } from 'node:crypto'

import type { Database } from '@paikea/database'
import { buildEndpoint, buildRoute } from '@paikea/database/testing'

import { webhookSecrets } from '../targets/webhook/secrets.ts'

/** Creates a webhook endpoint and a route from a device of the group to it. */
export async function buildWebhookRoute(
  db: Database,
  of: { readonly groupId: number; readonly deviceId: number; readonly url: string; readonly label?: string },
): Promise<{ readonly endpointId: number; readonly routeId: number; readonly secret: string }> {
  const { groupId, deviceId, url, label = null } = of
  const { stored, secret } = webhookSecrets.add(null, null, new Date())
  const endpoint = await buildEndpoint(db, {
    groupId,
    kind: 'webhook',
    label,
    addressKey: `webhook/${randomUUID()}`,
    config: { url },
    secrets: stored,
  })
  const route = await buildRoute(db, { groupId, sourceDeviceId: deviceId, endpointId: endpoint.id })
  return { endpointId: endpoint.id, routeId: route.id, secret }
}
