import { forgetfulJournal, type Journal, openJournal } from './journal.ts'
import type { JournalRecord } from './records.ts'
import { WorldState } from './world-state.ts'

/** The state of the simulated vendor and its devices together with its journal: one way in for every change. */
export class World {
  readonly state: WorldState
  readonly #journal: Journal<JournalRecord>
  readonly #onFailure: (cause: unknown) => void

  private constructor(state: WorldState, journal: Journal<JournalRecord>, onFailure: (cause: unknown) => void) {
    this.state = state
    this.#journal = journal
    this.#onFailure = onFailure
  }

  /**
   * Reads back what a folder holds; without a folder nothing lasts.
   *
   * @param options.onFailure told when the disk takes nothing any more
   * @throws Error when the journal cannot be read or written
   */
  static async open(options: {
    readonly folder: string | null
    readonly onFailure: (cause: unknown) => void
  }): Promise<World> {
    const state = new WorldState()
    const journal =
      options.folder === null
        ? forgetfulJournal<JournalRecord>()
        : await openJournal<JournalRecord>({
            folder: options.folder,
            replay: (line) => state.replay(line),
            snapshot: () => state.records(),
          })
    return new World(state, journal, options.onFailure)
  }

  /** Changes the state at once; resolves when the change is on disk. What depends on it must wait. */
  async commit(...records: readonly JournalRecord[]): Promise<void> {
    for (const record of records) this.state.apply(record)
    await Promise.all(records.map((record) => this.#journal.append(record)))
  }

  /** As {@link World.commit}, for changes nobody waits for: losing one in a crash only means doing it again. */
  note(...records: readonly JournalRecord[]): void {
    this.commit(...records).catch(this.#onFailure)
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }
}
