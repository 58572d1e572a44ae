import type { Log } from '@paikea/domain'

/** Something that runs in a process and has to end with it. */
export interface Part {
  /** For the log. */
  readonly name: string
  stop(): Promise<void> | void
}

/** What runs in a process, in the order of its start. */
export interface Parts {
  add(name: string, stop: Part['stop']): void
  /** Ends everything, the last one first; one that fails does not keep the others open. */
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
