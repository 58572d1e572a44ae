import { z } from 'zod'

/** Injectable faults of the sending services, named as in the client library's fake service. */
export const mtFaults = [
  'timeout',
  'system-error',
  'login-wrong',
  'no-credit',
  'hang',
  'reset-after-accept',
  'reset',
  'unknown-imei',
  'no-line-rental',
  'server-error',
  'unavailable',
  'too-many-requests',
  'gateway-timeout',
  'garbage',
] as const
/** Injectable faults of the webhooks. */
export const webhookFaults = ['duplicate', 'delay', 'reorder'] as const

const count = z.number().int().min(1).max(1_000_000)

const mtOrderSchema = z.strictObject({
  mt: z.enum(mtFaults),
  /** For how many requests. */
  count: count.default(1),
})
const webhookOrderSchema = z.strictObject({
  webhook: z.enum(webhookFaults),
  /** For how many webhooks; `reorder` needs at least two. */
  count: count.optional(),
  /** `delay`: by how many simulated seconds. */
  seconds: z.number().min(0).max(864_000).default(60),
})

// Body of `POST /sim/faults`: one of the two kinds. Faults of one kind happen one after the other.
const faultOrderSchema = z.union([mtOrderSchema, webhookOrderSchema], {
  error: `expected mt (${mtFaults.join(', ')}) or webhook (${webhookFaults.join(', ')})`,
})
/** A fault order, with its defaults. */
export type FaultOrder = z.infer<typeof faultOrderSchema>

/** The schema for an order of its kind: a schema for both could not tell which field is wrong. */
export function faultOrderSchemaOf(order: unknown): z.ZodType<FaultOrder> {
  if (typeof order !== 'object' || order === null) return faultOrderSchema
  return 'mt' in order ? mtOrderSchema : 'webhook' in order ? webhookOrderSchema : faultOrderSchema
}

export type MtFault = (typeof mtFaults)[number]

/** A fault of the webhooks with its settings. */
export interface WebhookFault {
  readonly name: (typeof webhookFaults)[number]
  readonly seconds: number
  /** For `reorder`: how many are sent in reverse. */
  readonly group: number
}

interface Pending<Fault> {
  readonly fault: Fault
  left: number
}

/** Faults ordered but not yet injected. Not persisted: the test that ordered them ends with the process. */
export class Faults {
  #mt: Pending<MtFault>[] = []
  #webhook: Pending<WebhookFault>[] = []

  order(order: FaultOrder): void {
    if ('mt' in order) {
      this.#mt.push({ fault: order.mt, left: order.count })
      return
    }
    const group = order.webhook === 'reorder' ? Math.max(2, order.count ?? 2) : 1
    const fault: WebhookFault = { name: order.webhook, seconds: order.seconds, group }
    this.#webhook.push({ fault, left: order.webhook === 'reorder' ? group : (order.count ?? 1) })
  }

  clear(): void {
    this.#mt = []
    this.#webhook = []
  }

  /** Takes the fault for the next request to a sending service. */
  takeMt(): MtFault | null {
    return take(this.#mt)
  }

  /** Takes the fault for the next new webhook. */
  takeWebhook(): WebhookFault | null {
    return take(this.#webhook)
  }

  /** The faults still to come. */
  list(): { mt: { fault: MtFault; left: number }[]; webhook: { fault: string; left: number }[] } {
    return {
      mt: this.#mt.map(({ fault, left }) => ({ fault, left })),
      webhook: this.#webhook.map(({ fault, left }) => ({ fault: fault.name, left })),
    }
  }
}

function take<Fault>(pending: Pending<Fault>[]): Fault | null {
  const first = pending[0]
  if (first === undefined) return null
  first.left--
  if (first.left === 0) pending.shift()
  return first.fault
}
