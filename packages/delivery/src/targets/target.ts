import type { WholeMessage } from '@paikea/database'
import { z } from 'zod'

import type { Subject } from '../plan/subject.ts'
import type { TimeToLive } from '../plan/time-to-live.ts'
import type { SendOutcome } from '../send/outcome.ts'
import type { SendContext } from './send-context.ts'

/** A message as far as a target's words depend on it. */
export interface MessageToFormat {
  /** `PK001`, …; `null` for messages of the vendor's own trackers. */
  readonly messageType: string | null
  /** `null` = neither a position nor a command. */
  readonly subject: Subject | null
  /** All of it, for kinds that pass everything on; `null` if no route of the group leads to one. */
  readonly whole: WholeMessage | null
}

/** An endpoint as its kind sees it. */
export interface EndpointToFormat<Config> {
  readonly config: Config
  /** One of the kind's formats; `null` = its first. */
  readonly format: string | null
  /** Kind of the device that holds the modem now; `null` = it is in none, or this is no modem. */
  readonly deviceKind: string | null
  /** Its firmware; `null`: unknown. */
  readonly generation: 'v2' | 'v3' | null
}

/** The content to send, or why there is none. `text` is for people; binary content has none. */
export type Formatted =
  | { readonly ok: true; readonly text: string | null; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/** A delivery that is about to leave. */
export interface DeliveryToSend<Config> {
  /** What the receiver tells doubles by; the same at each try. */
  readonly deliveryId: string
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string | null
  readonly payload: Uint8Array
  /** `null` if a person named the modem instead, or the endpoint was deleted. */
  readonly endpoint: {
    readonly id: number
    readonly config: Config
    readonly format: string | null
    readonly secrets: unknown
  } | null
  /** Of the device the delivery is about. */
  readonly sourceIam: string | null
  readonly messageType: string | null
}

/** Sends one delivery. Resolves for every failure of the receiver or the network. */
export type Send<Config> = (delivery: DeliveryToSend<Config>) => Promise<SendOutcome>

/** What a person reads about a parked delivery. */
export interface ParkAdvice {
  readonly what: string
  readonly whatToDo: string
}

/** How a kind of target speaks to people. */
export interface TargetWords {
  /** Who takes the deliveries, at the start of a sentence: `The satellite service`. */
  readonly receiver: string
  /** Plain-language text for a parking reason, including unknown ones. */
  park(reason: string): ParkAdvice
}

/** How much of a worker a kind may take. */
export interface TargetLimits {
  /** Sends under way in one process. */
  readonly atOnce: number
  /** Of these, to one endpoint. */
  readonly atOncePerEndpoint: number
  /** Upper bound on waiters for a slot; beyond it, callers are refused at once. */
  readonly maxWaiting: number
}

/** What a kind of target is: all that the rest of the house needs to know about it. */
interface Behaviour<Config> {
  readonly kind: string
  /** Equal for two addresses that are the same thing. At most 60 characters. */
  keyOf(config: Config): string
  /** The scope of ordering: everything to the endpoint, or only what one device sends there. */
  readonly order: 'endpoint' | 'device'
  /** The columns of a delivery that lists are filtered by. A kind that has one may be named in a route without an endpoint. */
  addressee?(config: Config): { readonly imei: string | null; readonly serial: string | null }
  /** `latest`: sends cost money or mislead when they are late, so repeats and what was overtaken are left out. */
  readonly wants: 'latest' | 'all'
  /** `message`: a program, tried at once by its message's own workflow. `own`: costs money, so each has its own workflow. */
  readonly triedBy: 'message' | 'own'
  /** The receiver recognises duplicates by our id, so a send that may have arrived is repeated with the same id. */
  readonly mayRepeatUnknown: boolean
  /** Bodies to choose from, the first one by default; empty where there is only one. */
  readonly formats: readonly string[]
  /** How long a delivery may wait before it is of no use any more; `null` = however long. */
  timeToLiveMs(subject: Subject | null, timeToLive: TimeToLive): number | null
  /** Puts a message into the words the target understands; a combination that has none is a reason, never an error. */
  format(message: MessageToFormat, endpoint: EndpointToFormat<Config>): Formatted
  /** Price of a payload in credits. */
  creditsFor(payload: Uint8Array): number
  readonly words: TargetWords
  readonly account?: TargetAccount
  readonly limits: TargetLimits
  createSend(context: SendContext): Send<Config>
  /** What is wrong with an address that has the right fields. */
  refuse?(config: Config, context: AddressContext): Promise<AddressProblem | null>
  /** A changed address takes the place of the whole one: its fields exclude each other. @default false: the others stay */
  readonly isAddressWhole?: true
  /** Completes an address by a one-time look-up and returns what to store; if the look-up fails, the address stays as it is. */
  settle?(
    config: Config,
    context: AddressContext,
  ): Promise<{ readonly config: Config } | { readonly problem: AddressProblem }>
  /** What is sent when someone tries an endpoint out; kinds that cost money have none. */
  testBody?(format: string, at: Date): Uint8Array
  readonly secrets?: SecretKeeping
}

/** What pays for a kind of target: our account at its service. */
export interface TargetAccount {
  /** What people call it. */
  readonly name: string
  /** Reasons that are the same for whatever is sent: they park the account instead of each delivery. */
  readonly parkedBy: ReadonlySet<string>
  /** Checks the credentials at no cost; `null` if that is impossible. */
  readonly checkLogIn?: (context: SendContext) => Promise<'right' | 'wrong' | null>
}

/** What an address is judged by. */
export type AddressContext = Pick<SendContext, 'reach' | 'sqs'>

/** Why an address is not taken. */
export interface AddressProblem {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** How a kind keeps secrets that sender and receiver share. */
export interface SecretKeeping {
  /** What a caller may give. */
  readonly given: z.ZodType<string>
  /** Adds one, given or made here; the ones before stay valid. */
  add(stored: unknown, given: string | null, at: Date): { readonly stored: unknown; readonly secret: string }
  /** Ends all but the newest. */
  endOld(stored: unknown): unknown
  count(stored: unknown): number
}

/** What a kind is made of. */
export interface TargetSpec<Fields extends z.ZodRawShape> extends Behaviour<z.output<z.ZodObject<Fields>>> {
  /** Its address, as the API takes it and the endpoint's row keeps it; nothing secret. */
  readonly fields: Fields
}

/** A target kind whose configurations come from rows, so that no outside code knows their shape. */
export interface Target extends Behaviour<unknown> {
  readonly fields: z.ZodRawShape
  /** A stored configuration; `null` if it is not one of this kind. */
  readConfig(stored: unknown): unknown
  /** What is wrong with an address as a caller wrote it; `null` if it has the right fields. */
  problemOf(given: unknown): AddressProblem | null
  /** What deliveries queue up behind. At most 64 characters. */
  queueKeyOf(endpoint: { readonly id: number; readonly config: unknown }, sourceDeviceId: number | null): string
}

/** Makes a target of a kind's own types. A configuration only ever comes out of `readConfig`, so it has the kind's shape. */
export function defineTarget<Fields extends z.ZodRawShape>(spec: TargetSpec<Fields>): Target {
  // Safe by the rule above; TypeScript cannot know it.
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

/** The outcome if nothing is configured to send with. */
export const NOT_CONFIGURED: SendOutcome = {
  outcome: 'rejected',
  fault: 'configuration',
  reason: 'not-configured',
  code: null,
  text: 'no account',
}
