import { loadOutboundForDispatch } from '@paikea/database'
import { describeError } from '../../http/log.ts'
import type { Services } from '../../services.ts'

const MAX_ANNOUNCED = 500

type Announcing = Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>

/** After the commit: open pages hear of a message out, and its workflow starts or looks again at once. The sweep finds it otherwise. */
export function announceOutbound(services: Announcing, id: number): Promise<void> {
  return announce(services, [id])
}

/** The same for messages that were resumed, perhaps with the account that they waited behind. */
export async function announceMany(services: Announcing, ids: readonly number[]): Promise<void> {
  // What does not fit here is found by the sweep.
  await announce(services, ids.slice(0, MAX_ANNOUNCED))
  services.dispatcher?.sweepSoon?.()
}

async function announce({ db, live, dispatcher, log }: Announcing, ids: readonly number[]): Promise<void> {
  live.look()
  try {
    dispatcher?.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: ids }))
  } catch (error) {
    log.warn('outbound.not-announced', { outboundIds: ids.slice(0, 10), ...describeError(error) })
  }
}
