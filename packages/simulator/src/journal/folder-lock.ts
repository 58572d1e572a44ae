import { randomUUID } from 'node:crypto'
import { readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { askHolder, type HolderAnswer, serveAnswer } from './lock-holder.ts'

/** A living simulator has the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
  readonly folder: string

  constructor(folder: string) {
    super(`the folder ${folder} is in use by another simulator`)
    this.folder = folder
  }
}

/** A data folder held by this simulator. */
export interface FolderLock {
  release(): void
}

// One that is ending gives the folder back within that time.
const PATIENCE_MS = 1_000
// Several that start at once agree within milliseconds; where a dead one's port is refused late, within seconds.
const AGREEMENT_WITHIN_MS = 30_000
const ASK_AGAIN_AFTER_MS = 25

/**
 * Takes a data folder, which is there, so that two simulators never write one journal.
 *
 * Each who wants the folder listens on a port of this machine and then leaves a file there that is named after the
 * port and a random token. Whoever finds such a file asks at its port: where nobody answers with that token, it was
 * left by a dead process, however that died, and is removed. Process ids are given out again; tokens are not. As each
 * file has a name of its own, removing one can never hit the file of somebody who came since.
 *
 * A file stands before its owner looks for others. So of two the later one sees the earlier; when both see each
 * other, the one whose name sorts first goes on and the other steps back.
 *
 * @throws FolderInUse when a living simulator holds it, in this process or in another
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const claim = await Claim.make(folder)
  try {
    await claim.win()
  } catch (cause) {
    claim.release()
    throw cause
  }
  return claim
}

class Claim implements FolderLock {
  readonly #folder: string
  readonly #server: Server
  readonly #answer: HolderAnswer
  readonly #file: string

  private constructor(options: { folder: string; server: Server; port: number; answer: HolderAnswer }) {
    this.#folder = options.folder
    this.#server = options.server
    this.#answer = options.answer
    this.#file = `in-use-${options.port}-${options.answer.token}.lock`
  }

  static async make(folder: string): Promise<Claim> {
    const place = { folder: realpathSync(folder), inode: String(statSync(folder).ino) }
    const answer: HolderAnswer = { token: randomUUID(), state: 'waiting', ...place }
    const { server, port } = await serveAnswer(() => answer)
    return new Claim({ folder, server, port, answer })
  }

  async win(): Promise<void> {
    writeFileSync(path.join(this.#folder, this.#file), '', { flag: 'wx' })
    const startedMs = performance.now()
    for (;;) {
      // Before the others are asked: one who asks us meanwhile must know.
      this.#answer.state = 'trying'
      const others = await this.#others()
      const isHeld = others.some(({ state }) => state === 'held')
      const rivals = others.filter(({ state }) => state === 'trying')
      if (!isHeld && rivals.length === 0) break
      if (isHeld || rivals.some(({ file }) => file < this.#file)) this.#answer.state = 'waiting'
      if (performance.now() - startedMs > (isHeld ? PATIENCE_MS : AGREEMENT_WITHIN_MS))
        throw new FolderInUse(this.#folder)
      await sleep(ASK_AGAIN_AFTER_MS)
    }
    this.#answer.state = 'held'
  }

  release(): void {
    // In this order: whoever finds the file finds somebody behind it.
    rmSync(path.join(this.#folder, this.#file), { force: true })
    this.#server.close()
  }

  /** The living ones who want or have this folder. Files of the dead are removed. */
  async #others(): Promise<{ readonly file: string; readonly state: HolderAnswer['state'] }[]> {
    const files = readdirSync(this.#folder).filter((file) => file !== this.#file)
    const asked = files.map(async (file) => {
      const [, port, token] = /^in-use-(\d+)-([0-9a-f-]+)\.lock$/.exec(file) ?? []
      if (port === undefined || token === undefined) return []
      const answer = await askHolder(Number(port))
      // One that is alive and says nothing may be a stopped process that goes on later.
      if (answer === 'silent') return [{ file, state: 'held' as const }]
      if (answer !== 'nobody' && answer.token === token && this.#isHere(answer)) return [{ file, state: answer.state }]
      rmSync(path.join(this.#folder, file), { force: true })
      return []
    })
    return (await Promise.all(asked)).flat()
  }

  /** False for the owner of a folder that this one is a copy of; true also when the folder was renamed since. */
  #isHere({ folder, inode }: HolderAnswer): boolean {
    return folder === this.#answer.folder || inode === this.#answer.inode
  }
}
