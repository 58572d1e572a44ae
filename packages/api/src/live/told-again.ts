import type { Database, StoredMessage } from '@paikea/database'
import { describeError } from '../http/log.ts'
import type { Log } from '@paikea/domain'
import type { LiveHub } from './hub.ts'
import { publishMessages } from './message-window.ts'

interface Deps {
  readonly db: Database
  readonly hub: LiveHub
  readonly log: Log
}

/** Tells open pages of earlier messages whose positions a new one confirmed. Belongs after the commit; never fails. */
export async function publishConfirmed(deps: Deps, { confirmedIds }: StoredMessage): Promise<void> {
  if (confirmedIds.length > 0) await publishAgain(deps, confirmedIds, 'believed')
}

/** Tells open pages of messages again. @param since what became of them: told once */
export async function publishAgain({ db, hub, log }: Deps, ids: readonly number[], since: string): Promise<void> {
  if (hub.watcherCount() === 0) return
  try {
    await publishMessages(db, hub, ids, ` ${since}`)
  } catch (error) {
    log.warn('live.not-told-again', describeError(error))
  }
}
