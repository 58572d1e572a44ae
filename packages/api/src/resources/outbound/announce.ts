import { loadOutboundForDispatch } from '@paikea/database'
import { describeError } from '../../http/log.ts'
import { noteSubject } from '../../http/request-id.ts'
import type { Services } from '../../services.ts'

const MAX_ANNOUNCED = 500

type Announcing = Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>

/**
 * Call after the commit: tells open pages about an outbound message and starts or wakes its workflow at once. Otherwise
 * the sweep finds it.
 */
export function announceOutbound(services: Announcing, id: number): Promise<void> {
  return announce(services, [id])
}

/** The same for resumed messages, possibly together with the account they were waiting for. */
export async function announceMany(services: Announcing, ids: readonly number[]): Promise<void> {
  // The sweep finds the rest.
  await announce(services, ids.slice(0, MAX_ANNOUNCED))
  services.dispatcher?.sweepSoon?.()
}

async function announce({ db, live, dispatcher, log }: Announcing, ids: readonly number[]): Promise<void> {
  live.look()
  try {
    const rows = await loadOutboundForDispatch(db, { outboundIds: ids })
    for (const { subject } of rows) noteSubject(subject)
    dispatcher?.notifyOutbound(rows)
  } catch (error) {
    log.warn('outbound.not-announced', { outboundIds: ids.slice(0, 10), ...describeError(error) })
  }
}
