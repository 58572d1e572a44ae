import type { DeviceCommand } from './commands.ts'
import { parseJson } from './messages.ts'
import type { Room } from './room.ts'

/** The outcome of sending a device into its updater. */
export type UpdaterOutcome =
  /** It was told to restart: its link drops, and it asks for its job. */
  | 'restarting'
  /** No link, or no reply on it. */
  | 'offline'
  /** The link has not been up long enough: the device may still be booting. */
  | 'too-young'
  /** A page, or another call, holds the controls. */
  | 'controls-held'
  /** It did not confirm the change of app in time, and was not restarted. */
  | 'no-answer'

/** How long a link must have been up. */
const LEAST_AGE_MS = 30_000
const ANSWER_WITHIN_MS = 20_000

const SWITCH: DeviceCommand = { verb: 'CMD', name: 'switch_app', args: ['updatepy'] }
const RESET: DeviceCommand = { verb: 'CMD', name: 'reset', args: [] }

/**
 * Sends a device in service mode into its updater: changes its app, waits for the reply, restarts it. Pages see this,
 * and cannot send meanwhile.
 */
export async function switchToUpdater(
  room: Room | null,
  options: {
    readonly now: Date
    readonly leastAgeMs?: number | undefined
    readonly answerWithinMs?: number | undefined
  },
): Promise<UpdaterOutcome> {
  const { now, leastAgeMs = LEAST_AGE_MS, answerWithinMs = ANSWER_WITHIN_MS } = options
  if (room === null || room.connection === null || !room.isOnline) return 'offline'
  if (now.getTime() - room.connection.openedAt.getTime() < leastAgeMs) return 'too-young'
  const giveBack = room.hold()
  if (giveBack === null) return 'controls-held'
  const { linkId } = room.connection
  try {
    const hasAnswered = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => finish(false), answerWithinMs)
      const untap = room.tap((text) => {
        if (isConfirmation(text)) finish(true)
      })
      const finish = (isThere: boolean): void => {
        clearTimeout(timer)
        untap()
        resolve(isThere)
      }
      if (!room.command(SWITCH)) finish(false)
    })
    if (room.connection?.linkId !== linkId) return 'offline'
    if (!hasAnswered) return 'no-answer'
    return room.command(RESET) ? 'restarting' : 'offline'
  } finally {
    giveBack()
  }
}

function isConfirmation(text: string): boolean {
  const value = parseJson(text)?.value
  return typeof value === 'object' && value !== null && 'info' in value && value.info === 'Switching to app updatepy'
}
