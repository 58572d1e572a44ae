import { z } from 'zod'

import { post } from '../services/post.ts'
import type { Pair } from './sea.ts'

/** A destination of messages: a program, with what to expect of it, or a modem. */
export interface Addressee {
  readonly endpointId: number
  readonly routeId: number
  readonly name: string
  /** `well` gets everything; `moody` too, with repeats; deliveries to `dead` and `mute` wait, with a reason. */
  readonly manner: 'well' | 'moody' | 'dead' | 'mute' | 'modem'
  /** For a modem: the buoy whose positions it gets. */
  readonly follows?: string
}

const Made = z.object({ id: z.int() })
const MadeRoute = z.object({ id: z.int(), target: z.object({ endpointId: z.int() }) })
const MadeDevice = z.object({ iam: z.string() })

/** Registers the fleet, five endpoints of programs that get everything, and a route from each buoy to its handset. */
export async function buildRoutes(options: {
  readonly apiUrl: string
  readonly token: string
  readonly pairs: readonly Pair[]
  readonly queueUrl: string
  readonly receiversUrl: string
  /** An address where nothing listens. */
  readonly deadUrl: string
}): Promise<Addressee[]> {
  const call = async <Schema extends z.ZodType>(path: string, body: unknown, as: Schema): Promise<z.output<Schema>> => {
    const answer = await post(`${options.apiUrl}/v1${path}`, body, { authorization: `Bearer ${options.token}` })
    return as.parse(await answer.json())
  }
  const addressees: Addressee[] = []
  const programs = [
    { name: 'queue', manner: 'well', body: { kind: 'sqs', queueUrl: options.queueUrl } },
    { name: 'webhook', manner: 'well', body: { kind: 'webhook', url: `${options.receiversUrl}/well` } },
    { name: 'moody webhook', manner: 'moody', body: { kind: 'webhook', url: `${options.receiversUrl}/moody` } },
    { name: 'dead webhook', manner: 'dead', body: { kind: 'webhook', url: `${options.deadUrl}/dead` } },
    { name: 'hanging webhook', manner: 'mute', body: { kind: 'webhook', url: `${options.receiversUrl}/mute` } },
  ] as const
  for (const { name, manner, body } of programs) {
    const { id: endpointId } = await call('/endpoints', { ...body, label: name }, Made)
    const route = { source: { kind: 'buoy' }, messageType: 'any', target: { endpointId } }
    const { id: routeId } = await call('/routes', route, Made)
    addressees.push({ endpointId, routeId, name, manner })
  }
  for (const { imei, handsetImei } of options.pairs) {
    const { iam } = await call('/devices', { kind: 'buoy', imei, generation: 'v3' }, MadeDevice)
    await call('/devices', { kind: 'handset', imei: handsetImei }, MadeDevice)
    const route = { source: { kind: 'buoy', iam }, messageType: 'any', target: { kind: 'modem', imei: handsetImei } }
    const { id: routeId, target } = await call('/routes', route, MadeRoute)
    addressees.push({
      endpointId: target.endpointId,
      routeId,
      name: `modem ${handsetImei}`,
      manner: 'modem',
      follows: imei,
    })
  }
  return addressees
}
