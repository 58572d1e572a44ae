import { forgetfulJournal, type Journal, openJournal } from './journal.ts'
import type { JournalRecord } from './records.ts'
import { WorldState } from './world-state.ts'

/** The state of the simulated vendor and its devices, together with its journal: the only way to change it. */
export class World {
  readonly state: WorldState
  readonly #journal: Journal<JournalRecord>
  readonly #onFailure: (cause: unknown) => void

  private constructor(options: {
    readonly state: WorldState
    readonly journal: Journal<JournalRecord>
    readonly onFailure: (cause: unknown) => void
  }) {
    this.state = options.state
    this.#journal = options.journal
    this.#onFailure = options.onFailure
  }

  /**
   * Loads a folder's journal and locks it until the end; without a folder nothing is kept.
   *
   * @param options.onFailure called when the disk accepts no more writes
   * @throws FolderInUse if another simulator has the folder
   * @throws JournalUnusable if the journal cannot be read or written
   */
  static async open(options: {
    readonly folder: string | null
    readonly onFailure: (cause: unknown) => void
  }): Promise<World> {
    const state = new WorldState()
    const { folder, onFailure } = options
    if (folder === null) return new World({ state, journal: forgetfulJournal(), onFailure })
    const journal = await openJournal<JournalRecord>({
      folder,
      replay: (line) => state.replay(line),
      snapshot: () => state.records(),
    })
    return new World({ state, journal, onFailure })
  }

  /** Changes the state at once; resolves once the change is on disk. Whatever depends on it must wait. */
  async commit(...records: readonly JournalRecord[]): Promise<void> {
    for (const record of records) this.state.apply(record)
    await Promise.all(records.map((record) => this.#journal.append(record)))
  }

  /** Like {@link World.commit}, for changes nobody waits for: one lost in a crash only has to be repeated. */
  note(...records: readonly JournalRecord[]): void {
    this.commit(...records).catch(this.#onFailure)
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}
