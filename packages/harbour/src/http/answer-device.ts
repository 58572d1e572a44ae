import {
  filesWait,
  jobStands,
  jobWithdrawn,
  jsonAnswer,
  noFile,
  nothingToDo,
  parseRegisterRequest,
  parseUpgradeRequest,
  parseWireAddress,
  textAnswer,
  thanks,
  type UpgradeRequest,
  type WireAnswer,
} from '@paikea/firmware/wire'
import type { DeviceDesk, DeviceName } from './desk.ts'
import type { Log } from '@paikea/domain'
import { createAddressBudget } from './rate-limit.ts'
import type { AnswerDevice, DeviceRequest } from './serve-connection.ts'

/** Requests per minute and address. A harbour's devices share their router's address. */
export interface DeviceRateLimits {
  /** @default 600 */
  readonly registersPerMinute?: number
  /** Invalid requests: unknown device or job, or not a device's request at all. @default 1200 */
  readonly missesPerMinute?: number
}

/** What responses are built from. */
export interface AnswerDeps {
  readonly desk: DeviceDesk
  /** Determines the client's address, behind proxies too. */
  readonly addressOf: (peer: string | null, forwardedFor: string | null) => string | null
  readonly log: Log
  readonly limits?: DeviceRateLimits
  /** Anything that takes longer is answered as an outage: a device waits without a limit of its own. @default 15000 */
  readonly answerMs?: number
}

const ANSWER_MS = 15_000
const OK: WireAnswer = { status: 200, contentType: 'text/plain', body: Buffer.from('OK') }

/** Creates the handler of device requests. It never throws, and never exceeds its time limit. */
export function createDeviceAnswers(deps: AnswerDeps): AnswerDevice {
  const { desk, addressOf, log, limits = {}, answerMs = ANSWER_MS } = deps
  const registers = createAddressBudget(limits.registersPerMinute ?? 600)
  const misses = createAddressBudget(limits.missesPerMinute ?? 1200)

  async function answer(request: DeviceRequest): Promise<WireAnswer> {
    const address = parseWireAddress(request.target)
    const sender = addressOf(request.peer, request.forwardedFor)
    const from = sender ?? 'unknown'
    if (address?.kind === 'health') return request.method === 'GET' || request.method === 'HEAD' ? OK : wrongMethod()
    if (!misses.hasLeft(from)) return tooMany()
    if (address === null) {
      misses.take(from)
      return jsonAnswer({ error: 'There is nothing here.' }, 404)
    }
    if (request.method !== 'POST') {
      misses.take(from)
      return wrongMethod()
    }
    if (address.kind === 'register') {
      if (!registers.take(from)) return tooMany()
      const wish = parseRegisterRequest(request.body)
      if (wish === null) {
        misses.take(from)
        return notUnderstood()
      }
      return jsonAnswer({ iam: await desk.register({ kind: address.device, iam: wish.iam, address: sender }) })
    }
    const step = parseUpgradeRequest(request.body)
    const device = { kind: address.device, iam: address.iam }
    const made = step === null ? null : await take(desk, device, step)
    if (made === null || made.isMiss) misses.take(from)
    return made?.answer ?? notUnderstood()
  }

  return async (request) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<WireAnswer>((resolve) => {
      timer = setTimeout(() => {
        log.warn('harbour.answer-late', { limitMs: answerMs })
        resolve(away())
      }, answerMs)
    })
    try {
      return await Promise.race([answer(request), late])
    } catch (error) {
      log.warn('harbour.answer-failed', { reason: error instanceof Error ? error.message : String(error) })
      return away()
    } finally {
      clearTimeout(timer)
    }
  }
}

interface Made {
  readonly answer: WireAnswer
  /** The request matched no device or job. */
  readonly isMiss: boolean
}

async function take(desk: DeviceDesk, device: DeviceName, step: UpgradeRequest): Promise<Made> {
  switch (step.cmd) {
    case 'check': {
      const { jobId, isKnown } = await desk.check({ ...device, freeBytes: step.freeBytes })
      return { answer: jobId === null ? nothingToDo() : filesWait(jobId), isMiss: !isKnown }
    }
    case 'init': {
      const jobId = await desk.currentJob(device)
      return { answer: jobId === null ? nothingToDo() : jobStands(jobId), isMiss: jobId === null }
    }
    case 'status':
    case 'metadata': {
      const job = await desk.findJob({ ...device, jobId: step.jobId })
      if (job === null) return { answer: jobWithdrawn(), isMiss: true }
      return { answer: step.cmd === 'status' ? filesWait(job.id) : textAnswer(job.metadata), isMiss: false }
    }
    case 'get_file': {
      const job = await desk.findJob({ ...device, jobId: step.jobId })
      const body = job === null ? null : await job.readFile(step.path)
      if (body === null) return { answer: noFile(), isMiss: true }
      return { answer: { status: 200, contentType: 'application/octet-stream', body }, isMiss: false }
    }
    case 'complete': {
      const jobId = await desk.complete({ ...device, jobId: step.jobId, isDone: step.isDone })
      return { answer: thanks(jobId), isMiss: false }
    }
  }
}

function notUnderstood(): WireAnswer {
  return jsonAnswer({ error: 'The body does not come from a device.' }, 400)
}

function wrongMethod(): WireAnswer {
  return jsonAnswer({ error: 'This method is not allowed here.' }, 405)
}

function tooMany(): WireAnswer {
  return jsonAnswer({ error: 'Too many requests from this address.' }, 429)
}

function away(): WireAnswer {
  return jsonAnswer({ error: 'Try again in a minute.' }, 503)
}
