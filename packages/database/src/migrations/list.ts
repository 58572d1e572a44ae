import { firstTables } from './0001-first-tables.ts'
import { lastChanges } from './0002-last-changes.ts'
import { skippedRoutes } from './0003-skipped-routes.ts'
import { whatMessagesSay } from './0010-what-messages-say.ts'
import { sameSession } from './0015-same-session.ts'
import { whatIsBelieved } from './0016-what-is-believed.ts'
import { lastHeard } from './0020-last-heard.ts'
import { claimedModems } from './0021-claimed-modems.ts'
import { messageGroups } from './0030-message-groups.ts'
import { endpoints } from './0040-endpoints.ts'
import { retryTimes } from './0041-retry-times.ts'
import { deployments } from './0060-deployments.ts'
import { firmware } from './0050-firmware.ts'
import { commands } from './0061-commands.ts'
import { resends } from './0062-resends.ts'
import { vendorAccounts } from './0063-vendor-accounts.ts'
import { recoveries } from './0064-recoveries.ts'
import { deviceLinks } from './0070-device-links.ts'
import { deviceOwners } from './0071-device-owners.ts'
import { airtime } from './0072-airtime.ts'
import { auditChanges } from './0035-audit-changes.ts'
import { imports } from './0100-imports.ts'
import { events } from './0051-events.ts'
import { temporalHome } from './0025-temporal-home.ts'
import { alerts } from './0080-alerts.ts'
import { shareLinks } from './0081-share-links.ts'
import { accounts } from './0082-accounts.ts'
import { pushSubscriptions } from './0145-push-subscriptions.ts'
import { recoveryCodes } from './0146-recovery-codes.ts'
import { identities } from './0147-identities.ts'
import { targetGroups } from './0026-target-groups.ts'
import { deviceNotes } from './0130-device-notes.ts'
import { dismissedErrors } from './0140-dismissed-errors.ts'
import { processes } from './0148-processes.ts'
import { releasedDeliveries } from './0149-released-deliveries.ts'
import type { Migration } from './migrate.ts'

/** All migrations, in order. An explicit list: it works after bundling, and the order is reviewed. */
export const migrations: readonly Migration[] = [
  firstTables,
  lastChanges,
  skippedRoutes,
  whatMessagesSay,
  lastHeard,
  endpoints,
  deployments,
  sameSession,
  firmware,
  commands,
  deviceLinks,
  whatIsBelieved,
  claimedModems,
  auditChanges,
  messageGroups,
  imports,
  retryTimes,
  temporalHome,
  events,
  resends,
  vendorAccounts,
  recoveries,
  deviceOwners,
  airtime,
  alerts,
  shareLinks,
  accounts,
  targetGroups,
  deviceNotes,
  pushSubscriptions,
  recoveryCodes,
  identities,
  dismissedErrors,
  processes,
  releasedDeliveries,
]
