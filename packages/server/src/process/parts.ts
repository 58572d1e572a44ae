import type { Log } from '@paikea/domain'

/** Something that runs in a process and has to end with it. */
export interface Part {
  /** Name for the log. */
  readonly name: string
  stop(): Promise<void> | void
}

/** The running parts of a process, in start order. */
export interface Parts {
  add(name: string, stop: Part['stop']): void
  /** Stops all parts, the last one first; a failure does not keep the others from being stopped. */
  stop(): Promise<void>
}

export function createParts(log: Log): Parts {
  const running: Part[] = []
  return {
    add: (name, stop) => void running.push({ name, stop }),
    async stop() {
      for (const part of running.splice(0).toReversed()) {
        try {
          await part.stop()
        } catch (error) {
          log.error('process.stop-step-failed', { part: part.name, error: String(error) })
        }
      }
    },
  }
}
