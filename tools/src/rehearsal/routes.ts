import { z } from 'zod'

import { post } from '../services/post.ts'
import type { Addressee } from '../torture/routes.ts'
import type { Pair } from '../torture/sea.ts'

const Made = z.object({ id: z.int() })
const MadeRoute = z.object({ id: z.int(), target: z.object({ endpointId: z.int() }) })
const MadeDevice = z.object({ iam: z.string() })

/** Registers the fleet, a webhook that gets everything, and, for each of `followed`, a route to its handset. */
export async function buildRoutes(options: {
  readonly apiUrl: string
  readonly token: string
  readonly pairs: readonly Pair[]
  readonly followed: readonly Pair[]
  readonly receiverUrl: string
}): Promise<Addressee[]> {
  const call = async <Schema extends z.ZodType>(path: string, body: unknown, as: Schema): Promise<z.output<Schema>> => {
    const answer = await post(`${options.apiUrl}/v1${path}`, body, { authorization: `Bearer ${options.token}` })
    return as.parse(await answer.json())
  }
  const body = { kind: 'webhook', url: `${options.receiverUrl}/well`, label: 'webhook' }
  const { id: endpointId } = await call('/endpoints', body, Made)
  const toAll = { source: { kind: 'buoy' }, messageType: 'any', target: { endpointId } }
  const { id: routeId } = await call('/routes', toAll, Made)
  const addressees: Addressee[] = [{ endpointId, routeId, name: 'webhook', manner: 'well' }]
  for (const pair of options.pairs) {
    const { iam } = await call('/devices', { kind: 'buoy', imei: pair.imei, generation: 'v3' }, MadeDevice)
    if (!options.followed.includes(pair)) continue
    const { imei, handsetImei } = pair
    await call('/devices', { kind: 'handset', imei: handsetImei }, MadeDevice)
    const route = { source: { kind: 'buoy', iam }, messageType: 'any', target: { kind: 'modem', imei: handsetImei } }
    const { id, target } = await call('/routes', route, MadeRoute)
    addressees.push({
      endpointId: target.endpointId,
      routeId: id,
      name: `modem ${handsetImei}`,
      manner: 'modem',
      follows: imei,
    })
  }
  return addressees
}
