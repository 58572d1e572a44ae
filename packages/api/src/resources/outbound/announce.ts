import { loadOutboundForDispatch } from '@paikea/database'
import { describeError } from '../../http/log.ts'
import type { Services } from '../../services.ts'

/** After the commit: open pages hear of a message out, and its workflow starts or looks again at once. The sweep finds it otherwise. */
export async function announceOutbound(
  { db, live, dispatcher, log }: Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>,
  id: number,
): Promise<void> {
  live.look()
  try {
    dispatcher?.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: [id] }))
  } catch (error) {
    log.warn('outbound.not-announced', { outboundId: id, ...describeError(error) })
  }
}
