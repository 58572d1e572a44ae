import { setTimeout as sleep } from 'node:timers/promises'

import { isAlive } from '../start/process-identity.ts'
import type { Part, RunningPart } from '../start/part.ts'
import type { Disruption } from './plan.ts'

/** How long to keep restarting a part that does not come up; others may be down meanwhile. */
const UP_WITHIN_MS = 180_000

/** A part that is hit and restarted. */
export class Victim {
  readonly name: string
  readonly #part: Part
  readonly #say: (line: string) => void
  #running: RunningPart | null = null
  #isMeant = false
  #work: Promise<void> = Promise.resolve()
  /** How often it ended without a disruption. */
  endedByItself = 0

  constructor(part: Part, say: (line: string) => void) {
    this.name = part.name
    this.#part = part
    this.#say = say
  }

  /** Starts it, retrying as needed. @throws Error if it does not come up */
  async start(): Promise<void> {
    const end = Date.now() + UP_WITHIN_MS
    for (;;) {
      try {
        this.#running = await this.#part.launch()
        break
      } catch (error) {
        if (Date.now() > end) throw error
        await sleep(500)
      }
    }
    this.#isMeant = false
    const mine = this.#running
    void mine.ended.then(({ how, lastLine }) => {
      if (this.#isMeant || this.#running !== mine) return
      this.endedByItself += 1
      this.#say(`${this.name} ended by itself: ${how} ${lastLine}`)
      void this.#queue(() => this.start())
    })
  }

  /** Hits it, once the previous disruption is over. Does not handle clocks. */
  hit(disruption: Disruption): Promise<void> {
    const { kind } = disruption
    if (kind === 'clock') return this.idle()
    return this.#queue(async () => {
      if (kind === 'pause') return this.#pause(disruption.forMs)
      await this.#end(kind)
      await sleep(disruption.forMs)
      await this.start()
    })
  }

  /** Resolves when it runs and no disruption is in progress. */
  idle(): Promise<void> {
    return this.#work
  }

  /** Stops it for good. */
  async stop(): Promise<void> {
    await this.#work.catch(() => undefined)
    await this.#end('restart')
  }

  async #pause(forMs: number): Promise<void> {
    const pid = this.#running?.pid ?? null
    if (pid === null || !isAlive(pid)) return
    process.kill(pid, 'SIGSTOP')
    await sleep(forMs)
    if (isAlive(pid)) process.kill(pid, 'SIGCONT')
  }

  async #end(kind: 'kill' | 'restart'): Promise<void> {
    const running = this.#running
    if (running === null) return
    this.#isMeant = true
    if (kind === 'kill') running.kill()
    else await running.stop(30_000)
    await running.ended
    this.#running = null
  }

  #queue(kind: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(kind)
    return this.#work
  }
}
