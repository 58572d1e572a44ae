import {
  AIRTIME_PERIODS,
  loadBudgets,
  noteAirtimeWarning,
  sumAirtime,
  type AirtimePeriod,
  type AirtimeScope,
  type AirtimeSpend,
} from '@paikea/database'

import type { DeliveryDeps } from '../deps.ts'
import type { AirtimeStop } from './guard.ts'
import { levelsOf, periodKey, startOf } from './levels.ts'

/** Reports each level passed, once per period, in parallel with the sends, which never wait for it. */
export interface AirtimeWatch {
  spent(spends: readonly AirtimeSpend[]): void
  stopped(stop: AirtimeStop, groupId: number | null): void
  /** Resolves when no check is running. */
  idle(): Promise<void>
}

interface Touched {
  readonly scope: AirtimeScope
  readonly groupId: number | null
}

/** Builds the watch. Sends reported during a check are checked together in the next one. */
export function createAirtimeWatch(deps: DeliveryDeps): AirtimeWatch {
  const { db, log } = deps
  const now = deps.now ?? (() => new Date())
  const touched = new Map<string, Touched>()
  let running: Promise<void> | null = null

  async function tell(
    { scope, groupId }: Touched,
    period: AirtimePeriod,
    level: { readonly level: 'warn' | 'stop'; readonly limitCredits: number; readonly spentCredits: number },
  ): Promise<void> {
    const at = now()
    const warning = { scopeKind: scope.kind, scopeId: scope.id, groupId, period: periodKey(period, at), ...level, at }
    const isNew = await db.write((tx) => noteAirtimeWarning(db, warning, tx))
    if (isNew) log.warn(level.level === 'stop' ? 'airtime.stopped' : 'airtime.warning', { ...warning })
  }

  async function look(): Promise<void> {
    while (touched.size > 0) {
      const scopes = [...touched.values()]
      touched.clear()
      const budgets = await loadBudgets(db, {})
      for (const one of scopes) {
        for (const period of AIRTIME_PERIODS) {
          const { warnCredits } = levelsOf(budgets, one.scope, period)
          if (warnCredits === null) continue
          const spentCredits = await sumAirtime(db, { scope: one.scope, from: startOf(period, now()) })
          if (spentCredits >= warnCredits)
            await tell(one, period, { level: 'warn', limitCredits: warnCredits, spentCredits })
        }
      }
    }
  }

  function run(work: () => Promise<void>): void {
    const before = running ?? Promise.resolve()
    const next: Promise<void> = before.then(work).catch((error: unknown) => {
      // The next send triggers another check.
      log.warn('airtime.not-watched', { error: String(error) })
    })
    running = next
    void next.finally(() => {
      if (running === next) running = null
    })
  }

  function touch(scope: AirtimeScope, groupId: number | null): void {
    touched.set(`${scope.kind}/${scope.id}`, { scope, groupId })
  }

  return {
    spent(spends) {
      if (spends.length === 0) return
      const isLooking = touched.size > 0
      for (const { groupId, deviceId } of spends) {
        if (deviceId !== null) touch({ kind: 'device', id: deviceId }, groupId)
        if (groupId !== null) touch({ kind: 'group', id: groupId }, groupId)
        touch({ kind: 'all', id: 0 }, null)
      }
      if (!isLooking) run(look)
    },
    stopped({ limit }, groupId) {
      if (limit === null) return
      const { scope, period, credits } = limit
      run(async () => {
        const spentCredits = await sumAirtime(db, { scope, from: startOf(period, now()) })
        const of = scope.kind === 'all' ? null : groupId
        await tell({ scope, groupId: of }, period, { level: 'stop', limitCredits: credits, spentCredits })
      })
    },
    async idle() {
      while (running !== null) await running
    },
  }
}
