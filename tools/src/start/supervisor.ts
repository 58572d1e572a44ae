import { setTimeout as sleep } from 'node:timers/promises'
import type { Part, PartEnd, RunningPart } from './part.ts'
import { StartError } from './start-error.ts'

/** Options of the supervisor. */
export interface SupervisorOptions {
  /** Called with every death and restart. */
  readonly say: (line: string) => void
  /** Wait before the first restart; doubles with each further death. @default 250 */
  readonly firstDelayMs?: number
  /** @default 30_000 */
  readonly longestDelayMs?: number
  /** A part that has run this long counts as healthy: its next death is a first one again. @default 60_000 */
  readonly wellAfterMs?: number
  /** How long a part may take to end when asked. @default 10_000 */
  readonly graceMs?: number
  /** Waits before a restart; tests replace it. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

const defaults = {
  firstDelayMs: 250,
  longestDelayMs: 30_000,
  wellAfterMs: 60_000,
  graceMs: 10_000,
  pause: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
}

interface Entry {
  readonly part: Part
  current: RunningPart | null
}

/**
 * Starts parts, and stops them in reverse order. A part that dies is restarted with back-off, for as long as it takes:
 * a full disk or a taken port must not end the parts that run.
 */
export class Supervisor {
  readonly #options: Required<SupervisorOptions>
  readonly #running: Entry[] = []
  readonly #stopping = new AbortController()
  readonly #failure: Promise<StartError>
  /** Launches and watches in progress. */
  readonly #work = new Set<Promise<unknown>>()
  #fail: (error: StartError) => void = () => undefined

  constructor(options: SupervisorOptions) {
    this.#options = { ...defaults, ...options }
    this.#failure = new Promise((resolve) => {
      this.#fail = resolve
    })
  }

  /** Resolves when a part declares a restart useless. */
  get failure(): Promise<StartError> {
    return this.#failure
  }

  /** Process ids of the running parts, by name. */
  pids(): Readonly<Record<string, number | null>> {
    return Object.fromEntries(this.#running.map(({ part, current }) => [part.name, current?.pid ?? null]))
  }

  /** Launches a part and supervises it from then on. @throws StartError if the first launch fails */
  async add(part: Part): Promise<void> {
    const entry: Entry = { part, current: null }
    this.#running.push(entry)
    await this.#track(this.#launchFirst(entry))
  }

  async #launchFirst(entry: Entry): Promise<void> {
    entry.current = await entry.part.launch()
    if (this.#stopping.signal.aborted) await entry.current.stop(this.#options.graceMs)
    else void this.#track(this.#lookAfter(entry))
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const forget = (): void => void this.#work.delete(work)
    this.#work.add(work)
    work.then(forget, forget)
    return work
  }

  /** Stops all parts, the last one started first. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const entry of this.#running.toReversed()) await entry.current?.stop(this.#options.graceMs)
    // Whoever launched a part meanwhile also stops it.
    await Promise.allSettled([...this.#work])
  }

  /** Kills everything at once: the operator is out of patience. */
  kill(): void {
    this.#stopping.abort()
    for (const entry of this.#running) entry.current?.kill()
  }

  async #lookAfter(entry: Entry): Promise<void> {
    const { say, firstDelayMs, longestDelayMs, wellAfterMs, graceMs, pause } = this.#options
    const { part } = entry
    const signal = this.#stopping.signal
    let deaths = 0
    while (entry.current !== null) {
      const startedAt = performance.now()
      let end = await entry.current.ended
      entry.current = null
      if (performance.now() - startedAt >= wellAfterMs) deaths = 0
      while (entry.current === null) {
        if (signal.aborted) return
        if (end.isFinal) return this.#fail(giveUp(part, end))
        const delayMs = Math.min(firstDelayMs * 2 ** deaths, longestDelayMs)
        deaths += 1
        const later = delayMs < 1_000 ? '' : ` in ${Math.round(delayMs / 1_000)} s`
        say(`${whatHappened(part, end)}; starting it again${later}`)
        await pause(delayMs, signal)
        if (signal.aborted) return
        const launched = await this.#relaunch(part)
        if ('how' in launched) end = launched
        else entry.current = launched
      }
      if (signal.aborted) await entry.current.stop(graceMs)
      else say(`${part.name} is back`)
    }
  }

  async #relaunch(part: Part): Promise<RunningPart | PartEnd> {
    try {
      return await part.launch()
    } catch (error) {
      return { how: DID_NOT_START, lastLine: error instanceof Error ? error.message : String(error), isFinal: false }
    }
  }
}

const DID_NOT_START = 'did not start'

function whatHappened({ name }: Part, { how, lastLine }: PartEnd): string {
  // Its message is a sentence about the part.
  if (how === DID_NOT_START) return lastLine
  // The last output of a part killed from outside is about something else.
  return lastLine === '' || how.startsWith('signal') ? `${name} ended (${how})` : `${name} ended (${how}: ${lastLine})`
}

function giveUp(part: Part, end: PartEnd): StartError {
  return new StartError(`${part.name} ended (${end.lastLine || end.how}); see ${part.logFile}`)
}
