import { listUpgradesUnderWay, type Database, type UpgradeJobRow } from '@paikea/database'
import { presentUpgrade } from '../resources/firmware/presenter.ts'
import type { LiveHub } from './hub.ts'

/** Upgrades under way as they were at the last look: by id, what was told of them. */
export interface UpgradeWindow {
  told: ReadonlyMap<number, string>
}

/** Upgrades looked at at once; of more, pages read again. */
const MAX_UPGRADES = 1000
const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'timed-out', 'cancelled'])

/** What is there when watching begins is read by the pages themselves. */
export async function openUpgradeWindow(db: Database): Promise<UpgradeWindow> {
  const rows = await listUpgradesUnderWay(db, { alsoIds: [], limit: MAX_UPGRADES })
  return { told: new Map(rows.map((row) => [row.id, versionOf(row)])) }
}

/** Passes on what changed since the last look, whichever process changed it: an `upgrade` event is the upgrade as in its list. */
export async function lookForUpgrades(db: Database, hub: LiveHub, window: UpgradeWindow): Promise<void> {
  const rows = await listUpgradesUnderWay(db, { alsoIds: [...window.told.keys()], limit: MAX_UPGRADES })
  const changed = rows.filter((row) => window.told.get(row.id) !== versionOf(row))
  window.told = new Map(rows.filter(({ state }) => !OVER.has(state)).map((row) => [row.id, versionOf(row)]))
  if (rows.length >= MAX_UPGRADES) {
    if (changed.length > 0) hub.resync('many-upgrades')
    return
  }
  for (const row of changed) {
    const key = `${String(row.id)}/${versionOf(row)}`
    hub.publish({ type: 'upgrade', groupId: row.groupId, key, data: presentUpgrade(row) })
  }
}

function versionOf({ state, reason, runs, restarts, filesDone }: UpgradeJobRow): string {
  return [state, reason?.code ?? '', runs, restarts, filesDone].join('/')
}
