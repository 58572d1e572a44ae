import { type Log, messageSubject } from '@paikea/domain'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { inboundWorkflowId } from '@paikea/workflows/contract'
import { NotDurableError, type AcceptResult, type Delivery, type Envelope, type Intake } from '@paikea/intake'
import { ApiError } from '../http/api-error.ts'
import { type AddressReader, createNetworkCheck } from '../http/client-address.ts'
import { DeadlineError, withDeadline } from '../http/deadline.ts'
import { createOutageWords, describeError } from '../http/log.ts'
import { presentProblem, PROBLEM_TYPE, toApiError } from '../http/problem.ts'
import { letGo, readBody } from '../http/read-body.ts'
import { noteSubject, REQUEST_ID_HEADER, requestId } from '../http/request-id.ts'
import { parseWebhookAddress, type WebhookAddress } from './address.ts'
import type { RefusalCounter } from './refusals.ts'
import { createSecretCheck } from './secret.ts'
import { createStrangers } from './strangers.ts'

/** Persists an envelope when the database cannot, by starting its workflow. Resolves once it is durable. */
export type StartEnvelope = (input: { readonly envelope: Envelope; readonly key: string }) => Promise<void>

/** What the receiver depends on. */
export interface ReceiverOptions {
  readonly intake: Pick<Intake, 'accept' | 'admit'>
  readonly startEnvelope?: StartEnvelope | undefined
  readonly webhookSecret: string | null
  /** Senders that may post to `/rockblock/incoming` without a secret. @default none */
  readonly knownSenders?: readonly string[] | undefined
  readonly addressOf: AddressReader
  readonly refusals: RefusalCounter
  readonly log: Log
  /** The vendor waits 3 s; after this the database counts as unavailable. @default 2000 */
  readonly acceptTimeoutMs?: number
  /** @default 900 */
  readonly envelopeTimeoutMs?: number
  /** @default 10000 */
  readonly bodyTimeoutMs?: number
  /** Called with each response and its duration. @default not called */
  readonly onAnswered?: (answer: {
    readonly status: number
    readonly seconds: number
    readonly format: WebhookAddress['format']
    /** It stored a new message. */
    readonly isNew: boolean
  }) => void
}

/** Counters since start, for `/metrics`. */
export interface ReceiverStats {
  accepted: number
  duplicate: number
  refused: number
  tooLarge: number
  viaWorkflow: number
  notDurable: number
}

/** Handles the vendor's deliveries below Koa: nothing that serves users is in a message's path. */
export interface WebhookReceiver {
  /** Handles the request if it is a delivery; `false` if it is not. */
  handle(req: IncomingMessage, res: ServerResponse): boolean
  stats(): Readonly<ReceiverStats>
}

/** The vendor's bodies are at most 2 KiB; anything larger than this is not from the vendor. */
export const MAX_WEBHOOK_BYTES = 64 * 1024
/** Envelopes in flight to Temporal at most; beyond that the vendor's own queue is the better buffer. */
const MAX_ENVELOPES_IN_FLIGHT = 200

const BODIES = { accepted: '{"status":"accepted"}', duplicate: '{"status":"duplicate"}' }
type Settled = Exclude<AcceptResult['status'], 'refused'>

/** Creates the receiver of `/rockblock/incoming`, `/rockstar/incoming` and `/cloudloop/incoming`. */
export function createWebhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const { intake, startEnvelope, addressOf, refusals, log } = options
  const { acceptTimeoutMs = 2000, envelopeTimeoutMs = 900, bodyTimeoutMs = 10_000 } = options
  const isSecret = createSecretCheck(options.webhookSecret)
  const isKnownSender = createNetworkCheck(options.knownSenders ?? [])
  const bounds = { maxBytes: MAX_WEBHOOK_BYTES, timeoutMs: bodyTimeoutMs }
  const stats: ReceiverStats = { accepted: 0, duplicate: 0, refused: 0, tooLarge: 0, viaWorkflow: 0, notDurable: 0 }
  const strangers = createStrangers()
  let envelopesInFlight = 0
  const storeOutage = createOutageWords()
  const workflowOutage = createOutageWords()

  async function receive(req: IncomingMessage, address: WebhookAddress): Promise<Settled> {
    const hasSecret = address.secrets.some(isSecret)
    const sourceAddress = addressOf(req)
    const isFromKnownSender =
      address.format === 'rockblock' && address.secrets.length === 0 && isKnownSender(sourceAddress)
    const body =
      hasSecret || isFromKnownSender ? await readBody(req, bounds) : await readFromStranger(req, sourceAddress)
    const delivery: Delivery = {
      format: address.format,
      body,
      contentType: req.headers['content-type'] ?? null,
      receivedAt: new Date(),
      sourceAddress,
      hasSecret,
      isFromKnownSender,
    }
    let result: AcceptResult
    try {
      result = await withDeadline(intake.accept(delivery), acceptTimeoutMs)
    } catch (error) {
      return await handOver(delivery, error)
    }
    if (result.status === 'refused') throw refuse(delivery.sourceAddress, result.reason)
    storeOutage.isOver()
    const { status, messageId, key } = result
    noteSubject(messageSubject(key))
    log.info('message.taken', { status, messageId, workflowId: inboundWorkflowId(key) })
    return status
  }

  async function readFromStranger(req: IncomingMessage, address: string | null): Promise<Buffer> {
    try {
      strangers.check(address)
    } catch (error) {
      letGo(req)
      throw error
    }
    if (strangers.isHopeless(req)) {
      letGo(req)
      throw refuse(address, 'no-secret-no-token')
    }
    let leave: () => void
    try {
      leave = strangers.enter(address)
    } catch (error) {
      letGo(req)
      throw error
    }
    try {
      return await readBody(req, bounds)
    } finally {
      leave()
    }
  }

  /** The database failed: try the workflow server; if that fails too, the vendor has to keep the message. */
  async function handOver(delivery: Delivery, cause: unknown): Promise<Settled> {
    const isExpected = cause instanceof NotDurableError || cause instanceof DeadlineError
    if (isExpected) log.warn('webhook.not-stored', storeOutage.describe(cause))
    else log.error('webhook.not-stored', describeError(cause))
    if (startEnvelope === undefined || envelopesInFlight >= MAX_ENVELOPES_IN_FLIGHT) throw notDurable(cause)
    envelopesInFlight += 1
    try {
      const admitted = await intake.admit(delivery)
      if (!admitted.ok) throw refuse(delivery.sourceAddress, admitted.reason)
      await withDeadline(startEnvelope({ envelope: admitted.envelope, key: admitted.key }), envelopeTimeoutMs)
      noteSubject(messageSubject(admitted.key))
      workflowOutage.isOver()
      stats.viaWorkflow += 1
      log.info('message.taken', { status: 'via-workflow', workflowId: inboundWorkflowId(admitted.key) })
      return 'accepted'
    } catch (error) {
      if (error instanceof ApiError) throw error
      log.warn('webhook.workflow-not-started', workflowOutage.describe(error))
      throw notDurable(error)
    } finally {
      envelopesInFlight -= 1
    }
  }

  function refuse(address: string | null, reason: string): ApiError {
    stats.refused += 1
    refusals.count(address, reason)
    strangers.refused(address)
    return new ApiError(401, 'not-let-in', 'Neither the right secret nor a valid token of the vendor.', {
      headers: { 'WWW-Authenticate': 'Bearer realm="webhook"' },
    })
  }

  function notDurable(cause: unknown): ApiError {
    stats.notDurable += 1
    return new ApiError(503, 'not-durable', 'The message cannot be stored at the moment. Please send it again.', {
      headers: { 'Retry-After': '30' },
      cause,
    })
  }

  /** @returns the response status */
  function fail(res: ServerResponse, thrown: unknown): number {
    const error = toApiError(thrown)
    if (error.status === 413) stats.tooLarge += 1
    if (error.status === 500) log.error('webhook.failed', describeError(thrown))
    if (!res.headersSent && !res.destroyed) writeProblem(res, error)
    return error.status
  }

  return {
    handle(req, res) {
      const address = parseWebhookAddress(req.url ?? '')
      if (address === null) return false
      if (req.method !== 'POST') {
        writeProblem(
          res,
          new ApiError(405, 'method-not-allowed', 'Send deliveries with POST.', { headers: { Allow: 'POST' } }),
        )
        return true
      }
      const startedMs = performance.now()
      const { format } = address
      const answered = (status: number, isNew: boolean): void =>
        options.onAnswered?.({ status, seconds: (performance.now() - startedMs) / 1000, format, isNew })
      receive(req, address).then(
        (status) => {
          stats[status] += 1
          writeJson(res, 200, 'application/json', BODIES[status])
          answered(200, status === 'accepted')
        },
        (error: unknown) => answered(fail(res, error), false),
      )
      return true
    },
    stats: () => stats,
  }
}

function writeProblem(res: ServerResponse, error: ApiError): void {
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value)
  writeJson(res, error.status, PROBLEM_TYPE, JSON.stringify(presentProblem(error)))
}

function writeJson(res: ServerResponse, status: number, contentType: string, body: string): void {
  const id = requestId()
  res.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    ...(id === null ? {} : { [REQUEST_ID_HEADER]: id }),
  })
  res.end(body)
}
