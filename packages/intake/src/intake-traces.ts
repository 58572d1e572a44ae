import type { NewInbound, StoreOutcome } from '@paikea/database'
import { messageSubject, type SpanAttributes, timeSpan, type Traces } from '@paikea/domain'

import type { AcceptResult } from './delivery.ts'

/** Traces of what the intake does. */
export interface IntakeTraces {
  /** A delivery is read, decoded and stored. */
  accepting(work: () => Promise<AcceptResult>): Promise<AcceptResult>
  /** Messages are written in one transaction. */
  storing(items: readonly NewInbound[], work: () => Promise<readonly StoreOutcome[]>): Promise<readonly StoreOutcome[]>
}

export function createIntakeTraces(traces: Traces): IntakeTraces {
  return {
    async accepting(work) {
      const time = timeSpan()
      // What fails has no key yet; the request's own span says so.
      const result = await work()
      if (result.status === 'refused') return result
      traces.span({
        name: 'accept message',
        subject: messageSubject(result.key),
        ...time(),
        attributes: {
          'paikea.message.id': result.messageId,
          'paikea.status': result.status,
          ...(result.status === 'accepted' ? decoded(result.stored) : {}),
        },
      })
      return result
    },
    async storing(items, work) {
      const time = timeSpan()
      const tell = (failed: number, isError: boolean): void =>
        traces.span({
          name: 'store batch',
          subject: null,
          ...time(),
          isError,
          attributes: { 'paikea.batch.size': items.length, 'paikea.batch.failed': failed },
          links: items.map(({ duplicateKey }) => messageSubject(duplicateKey)),
        })
      try {
        const outcomes = await work()
        tell(outcomes.filter(({ status }) => status === 'failed').length, false)
        return outcomes
      } catch (error) {
        tell(items.length, true)
        throw error
      }
    },
  }
}

function decoded({
  state,
  packetType,
  problems,
}: Extract<AcceptResult, { status: 'accepted' }>['stored']): SpanAttributes {
  return { 'paikea.state': state, 'paikea.packet.type': packetType, 'paikea.problems': problems.length }
}
