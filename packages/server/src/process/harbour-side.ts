import { type Database, findLinkableDevice, listActiveJobs } from '@paikea/database'
import type { Log } from '@paikea/domain'
import {
  type BlobStore,
  type DeviceLinks,
  type LookedUpRef,
  lookUpRef,
  openBlobStore,
  type RepositorySettings,
} from '@paikea/firmware'
import {
  createDatabaseDesk,
  createDeviceHttp,
  type DatabaseDesk,
  type DeviceHttp,
  type HarbourLink,
} from '@paikea/harbour'
import {
  createFirmwareDispatcher,
  type FirmwareDeps,
  type FirmwareDispatcher,
  type WorkflowStarter,
} from '@paikea/workflows'
import type { Config } from '../config/load-config.ts'

/** A user waits for it. */
const LOOK_UP_MS = 4000

/** Firmware and devices on Wi-Fi in this process. */
export interface HarbourSide {
  readonly settings: RepositorySettings
  readonly dispatcher: FirmwareDispatcher
  /** Dependencies of the firmware activities. */
  readonly activities: Omit<FirmwareDeps, 'db' | 'log'>
  /** The commit a name points to now; `null` if that cannot be found out within a few seconds. Never throws. */
  lookUpRef(ref: string): Promise<LookedUpRef | null>
  /** Creates the device HTTP handler, given a resolver for client addresses behind proxies. */
  openDoor(addressOf: (peer: string | null, forwardedFor: string | null) => string | null): DeviceHttp
  /** Call when a device opens its link: wakes its upgrade, if it has one. Never throws. */
  deviceIsOnline(iam: string): void
  /** Writes the devices' latest actions, and ends calls to Temporal in flight. */
  stop(): Promise<void>
}

/** Assembles firmware, harbour and their workflows. Nothing runs before the dispatcher is started. */
export function createHarbourSide(options: {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly starter: WorkflowStarter
  readonly link: Pick<HarbourLink, 'switchToUpdater'>
}): HarbourSide {
  const { config, db, log, starter } = options
  const links = upgradeLinks(db, options.link)
  const { repository, base, key, token, knownHostsFile, signersFile } = config.firmware
  const settings: RepositorySettings = { repository, base, deployKey: key, token, knownHostsFile, signersFile }
  const blobs: BlobStore = openBlobStore(base)
  const dispatcher = createFirmwareDispatcher({ db, starter, log })
  let desk: DatabaseDesk | null = null
  return {
    settings,
    dispatcher,
    activities: { settings, blobs, links, onJobs: () => dispatcher.notify() },
    async lookUpRef(ref) {
      if (repository === null) return null
      try {
        return await lookUpRef(settings, ref, { signal: AbortSignal.timeout(LOOK_UP_MS) })
      } catch {
        // The workflow will find out the same, and report it.
        return null
      }
    },
    openDoor(addressOf) {
      desk = createDatabaseDesk({
        db,
        blobs,
        log,
        onJobChanged: ({ id }) => dispatcher.wake('upgrade', id),
        onProgress: (progress) => {
          for (const { jobId, filesDone, filesTotal } of progress) {
            if (filesDone >= filesTotal) dispatcher.wake('upgrade', jobId)
          }
        },
      })
      return createDeviceHttp({ desk, addressOf, log })
    },
    deviceIsOnline(iam) {
      listActiveJobs(db, { iam }).then(
        (jobs) => {
          for (const { id } of jobs) dispatcher.wake('upgrade', id)
        },
        (error: unknown) => log.warn('upgrade.not-woken', { iam, error: String(error) }),
      )
    },
    async stop() {
      await desk?.stop()
      await dispatcher.stop()
    },
  }
}

/** The live links as upgrades need them. Whether someone holds the controls only shows when they are requested. */
function upgradeLinks(db: Database, link: Pick<HarbourLink, 'switchToUpdater'>): DeviceLinks {
  return {
    async find(iam) {
      const found = (await findLinkableDevice(db, { iam }))?.link ?? null
      return found === null || !found.isOpen ? null : { since: found.openedAt, isControlled: false }
    },
    async sendIntoUpdater(iam) {
      const outcome = await link.switchToUpdater(iam)
      return outcome === 'restarting' ? 'sent' : outcome
    },
  }
}
