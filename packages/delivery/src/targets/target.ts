import type { WholeMessage } from '@paikea/database'
import { z } from 'zod'

import type { Subject } from '../plan/subject.ts'
import type { TimeToLive } from '../plan/time-to-live.ts'
import type { SendOutcome } from '../send/outcome.ts'
import type { SendContext } from './send-context.ts'

/** The parts of a message that a target's text depends on. */
export interface MessageToFormat {
  /** `PK001`, …; `null` for messages of the vendor's own trackers. */
  readonly messageType: string | null
  /** `null` = neither a position nor a command. */
  readonly subject: Subject | null
  /** The whole message, for kinds that pass it on; `null` if no route of the group leads to such a kind. */
  readonly whole: WholeMessage | null
}

/** An endpoint as its target kind sees it. */
export interface EndpointToFormat<Config> {
  readonly config: Config
  /** One of the kind's formats; `null` = its first. */
  readonly format: string | null
  /** Kind of the device that holds the modem now; `null` = no device holds it, or this is not a modem. */
  readonly deviceKind: string | null
  /** Its firmware; `null`: unknown. */
  readonly generation: 'v2' | 'v3' | null
}

/** The content to send, or the reason for none. `text` is for display; binary content has none. */
export type Formatted =
  | { readonly ok: true; readonly text: string | null; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/** A delivery that is about to be sent. */
export interface DeliveryToSend<Config> {
  /** The id by which the receiver recognises duplicates; the same for each try. */
  readonly deliveryId: string
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string | null
  readonly payload: Uint8Array
  /** `null` if a person chose the modem directly, or the endpoint was deleted. */
  readonly endpoint: {
    readonly id: number
    readonly config: Config
    readonly format: string | null
    readonly secrets: unknown
  } | null
  /** The device the delivery is about. */
  readonly sourceIam: string | null
  readonly messageType: string | null
}

/** Sends one delivery. Never rejects for failures of the receiver or network. */
export type Send<Config> = (delivery: DeliveryToSend<Config>) => Promise<SendOutcome>

/** Text for people about a parked delivery. */
export interface ParkAdvice {
  readonly what: string
  readonly whatToDo: string
}

/** A target kind's texts for people. */
export interface TargetWords {
  /** The receiver, at the start of a sentence: `The satellite service`. */
  readonly receiver: string
  /** Plain-language text for a parking reason, including unknown ones. */
  park(reason: string): ParkAdvice
}

/** The share of a worker that a kind may use. */
export interface TargetLimits {
  /** Maximum number of sends in flight in one process. */
  readonly atOnce: number
  /** Maximum number of these to one endpoint. */
  readonly atOncePerEndpoint: number
  /** Maximum number of waiters for a slot; beyond it callers are refused at once. */
  readonly maxWaiting: number
}

/** A kind of target: everything the rest of the system needs to know about it. */
interface Behaviour<Config> {
  readonly kind: string
  /** Equal for two addresses of the same receiver. At most 60 characters. */
  keyOf(config: Config): string
  /** The scope of ordering: everything to the endpoint, or only what one device sends there. */
  readonly order: 'endpoint' | 'device'
  /** The columns of a delivery that lists are filtered by. A kind that has one may be named in a route without an endpoint. */
  addressee?(config: Config): { readonly imei: string | null; readonly serial: string | null }
  /** `latest`: late sends cost money or mislead, so repeated and overtaken messages are left out. */
  readonly wants: 'latest' | 'all'
  /** `message`: a program, tried at once by its message's own workflow. `own`: costs money, so each has its own workflow. */
  readonly triedBy: 'message' | 'own'
  /** The receiver recognises duplicates by our id, so a send that may have arrived is repeated with the same id. */
  readonly mayRepeatUnknown: boolean
  /** Body formats to choose from, the default first; empty if there is only one. */
  readonly formats: readonly string[]
  /** How long a delivery may wait before it is no longer useful; `null` = without limit. */
  timeToLiveMs(subject: Subject | null, timeToLive: TimeToLive): number | null
  /** Formats a message for the target. A combination without a format yields a reason, never an error. */
  format(message: MessageToFormat, endpoint: EndpointToFormat<Config>): Formatted
  /** Price of a payload in credits. */
  creditsFor(payload: Uint8Array): number
  readonly words: TargetWords
  readonly account?: TargetAccount
  readonly limits: TargetLimits
  createSend(context: SendContext): Send<Config>
  /** Checks an address that has the right fields, and returns what is wrong with it. */
  refuse?(config: Config, context: AddressContext): Promise<AddressProblem | null>
  /** A changed address replaces the whole one, since its fields exclude each other. @default false: the others stay */
  readonly isAddressWhole?: true
  /** Completes an address by a one-time look-up and returns what to store; if the look-up fails, the address stays as it is. */
  settle?(
    config: Config,
    context: AddressContext,
  ): Promise<{ readonly config: Config } | { readonly problem: AddressProblem }>
  /** The content of an endpoint test. Kinds that cost money have none. */
  testBody?(format: string, at: Date): Uint8Array
  readonly secrets?: SecretKeeping
}

/** The account that pays for a kind of target. */
export interface TargetAccount {
  /** Its name for people. */
  readonly name: string
  /** Reasons that apply to every send: they park the account instead of each delivery. */
  readonly parkedBy: ReadonlySet<string>
  /** Checks the credentials at no cost; `null` if that is impossible. */
  readonly checkLogIn?: (context: SendContext) => Promise<'right' | 'wrong' | null>
}

/** The context for judging an address. */
export type AddressContext = Pick<SendContext, 'reach' | 'sqs'>

/** Why an address is refused. */
export interface AddressProblem {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** How a kind keeps secrets shared by sender and receiver. */
export interface SecretKeeping {
  /** Schema of what a caller may supply. */
  readonly given: z.ZodType<string>
  /** Adds a secret, supplied or generated; earlier ones stay valid. */
  add(stored: unknown, given: string | null, at: Date): { readonly stored: unknown; readonly secret: string }
  /** Revokes all but the newest. */
  endOld(stored: unknown): unknown
  count(stored: unknown): number
}

/** The declaration of a target kind. */
export interface TargetSpec<Fields extends z.ZodRawShape> extends Behaviour<z.output<z.ZodObject<Fields>>> {
  /** Its address, as the API accepts it and the endpoint's row stores it; contains no secrets. */
  readonly fields: Fields
}

/** A target kind whose configurations come from rows, so that no outside code knows their shape. */
export interface Target extends Behaviour<unknown> {
  readonly fields: z.ZodRawShape
  /** A stored configuration; `null` if it is not one of this kind. */
  readConfig(stored: unknown): unknown
  /** What is wrong with an address as a caller wrote it; `null` if it has the right fields. */
  problemOf(given: unknown): AddressProblem | null
  /** Key of the queue that deliveries join. At most 64 characters. */
  queueKeyOf(endpoint: { readonly id: number; readonly config: unknown }, sourceDeviceId: number | null): string
}

/**
 * Builds a target from a kind's own types. Configurations only come from `readConfig`, so they have the kind's shape.
 */
export function defineTarget<Fields extends z.ZodRawShape>(spec: TargetSpec<Fields>): Target {
  // Safe by the rule above, which TypeScript cannot express.
  const erased = spec as unknown as Behaviour<unknown>
  const schema = z.strictObject(spec.fields)
  return {
    ...erased,
    fields: spec.fields,
    readConfig(stored) {
      const read = schema.safeParse(stored)
      return read.success ? read.data : null
    },
    problemOf(given) {
      const issues = schema.safeParse(given).error?.issues ?? []
      for (const issue of issues) {
        const [field] = issue.code === 'unrecognized_keys' ? issue.keys : []
        if (field !== undefined) return { field, code: 'unknown-field', message: `is not a field of a ${spec.kind}` }
      }
      const [issue] = issues
      if (issue === undefined) return null
      const field = String(issue.path[0] ?? 'kind')
      const isThere = typeof given === 'object' && given !== null && field in given
      return isThere
        ? { field, code: 'invalid-format', message: issue.message }
        : { field, code: 'required', message: 'is missing' }
    },
    queueKeyOf: ({ id, config }, sourceDeviceId) =>
      erased.order === 'endpoint' ? erased.keyOf(config) : `endpoint/${id}/${sourceDeviceId ?? 'person'}`,
  }
}

/** The outcome if no way to send is configured. */
export const NOT_CONFIGURED: SendOutcome = {
  outcome: 'rejected',
  fault: 'configuration',
  reason: 'not-configured',
  code: null,
  text: 'no account',
}
