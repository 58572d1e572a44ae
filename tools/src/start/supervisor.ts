import { setTimeout as sleep } from 'node:timers/promises'
import type { Part, PartEnd, RunningPart } from './part.ts'
import { StartError } from './start-error.ts'

/** How patient the supervisor is. */
export interface SupervisorOptions {
  /** Told about every death and restart. */
  readonly say: (line: string) => void
  /** So many deaths of one part within `windowMs` end the whole. @default 5 */
  readonly maxDeaths?: number
  /** @default 60_000 */
  readonly windowMs?: number
  /** Wait before the first restart; doubles with each death in the window. @default 250 */
  readonly firstDelayMs?: number
  /** How long a part may take to end when asked. @default 10_000 */
  readonly graceMs?: number
}

const longestDelayMs = 5_000

/** Starts parts, starts again what dies, gives up when that does not help, and stops all in reverse order. */
export class Supervisor {
  readonly #options: Required<SupervisorOptions>
  readonly #running: { readonly part: Part; current: RunningPart | null }[] = []
  readonly #stopping = new AbortController()
  readonly #failure: Promise<StartError>
  /** Launches and watches under way. */
  readonly #work = new Set<Promise<unknown>>()
  #fail: (error: StartError) => void = () => undefined

  constructor(options: SupervisorOptions) {
    this.#options = { maxDeaths: 5, windowMs: 60_000, firstDelayMs: 250, graceMs: 10_000, ...options }
    this.#failure = new Promise((resolve) => {
      this.#fail = resolve
    })
  }

  /** Resolves when a part cannot be kept alive. */
  get failure(): Promise<StartError> {
    return this.#failure
  }

  /** The process ids of what runs now, by name. */
  pids(): Readonly<Record<string, number | null>> {
    return Object.fromEntries(this.#running.map(({ part, current }) => [part.name, current?.pid ?? null]))
  }

  /** Launches a part and looks after it from now on. @throws StartError when the first launch fails */
  async add(part: Part): Promise<void> {
    const entry: { readonly part: Part; current: RunningPart | null } = { part, current: null }
    this.#running.push(entry)
    await this.#track(this.#launchFirst(entry))
  }

  async #launchFirst(entry: { readonly part: Part; current: RunningPart | null }): Promise<void> {
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
    // What was being launched meanwhile is stopped by whoever launched it.
    await Promise.allSettled([...this.#work])
  }

  /** Ends everything at once: the operator has no patience left. */
  kill(): void {
    this.#stopping.abort()
    for (const entry of this.#running) entry.current?.kill()
  }

  async #lookAfter(entry: { readonly part: Part; current: RunningPart | null }): Promise<void> {
    const deaths: number[] = []
    const { say, maxDeaths, windowMs, firstDelayMs } = this.#options
    const signal = this.#stopping.signal
    while (entry.current !== null) {
      let end = await entry.current.ended
      entry.current = null
      while (entry.current === null) {
        if (signal.aborted) return
        deaths.push(Date.now())
        const recent = deaths.filter((at) => at > Date.now() - windowMs).length
        if (end.isFinal || recent >= maxDeaths) return this.#fail(giveUp(entry.part, end, recent))
        const delayMs = Math.min(firstDelayMs * 2 ** (recent - 1), longestDelayMs)
        say(`${entry.part.name} ended (${howItEnded(end)}); starting it again`)
        await sleep(delayMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return
        const launched = await this.#relaunch(entry.part)
        if ('how' in launched) end = launched
        else entry.current = launched
      }
      if (signal.aborted) await entry.current.stop(this.#options.graceMs)
      else say(`${entry.part.name} is back`)
    }
  }

  async #relaunch(part: Part): Promise<RunningPart | PartEnd> {
    try {
      return await part.launch()
    } catch (error) {
      return { how: didNotStart, lastLine: error instanceof Error ? error.message : String(error), isFinal: false }
    }
  }
}

const didNotStart = 'did not start'

/** Of a part that ran its last words may be about anything. */
function howItEnded({ how, lastLine }: PartEnd): string {
  return how === didNotStart && lastLine !== '' ? `${how}: ${lastLine}` : how
}

function giveUp(part: Part, end: PartEnd, deaths: number): StartError {
  const times = end.isFinal ? 'ended' : `ended ${deaths} times in a short while`
  return new StartError(`${part.name} ${times} (${end.lastLine || end.how}); see ${part.logFile}`)
}
