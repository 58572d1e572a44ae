import { randomBytes } from 'node:crypto'
import { type Database, ensureLinkSecret, findLinkableDevice, listDeviceLinks } from '@paikea/database'
import type { Log } from '@paikea/domain'
import { createRelayClient } from '../relay/relay-client.ts'
import { listenForRelay, type RelayServer } from '../relay/relay-server.ts'
import { type DeviceLinkServer, type DeviceServerDeps, listenForDevices } from './device-server.ts'
import { createDeviceLinks, type PresenceChange } from './links.ts'
import { keepRecordsFor } from './retention.ts'
import { createLinkPages, type PageOpening } from './pages.ts'
import { switchToUpdater, type UpdaterOutcome } from './updater.ts'

/** The live link of one process: its devices, its pages, and access to those of other processes. */
export interface HarbourLink {
  readonly processId: string
  /** Opens the port for devices, and the relay if other processes are expected. @returns the port */
  listen(): Promise<number>
  /** Admits a page opened by an authenticated user. */
  openPage(opening: PageOpening): void
  /** Sends a device in service mode into its updater, whichever process has its link. */
  switchToUpdater(iam: string): Promise<UpdaterOutcome>
  stats(): { readonly devices: number; readonly rooms: number; readonly pages: number }
  /** Closes every connection cleanly and writes what is still buffered. */
  close(): Promise<void>
}

/** Options of the live link. */
export interface HarbourLinkOptions {
  readonly db: Database
  readonly log: Log
  /** The devices' port; `null`: this process accepts no devices. */
  readonly device: { readonly port: number; readonly host: string } | null
  /** How other processes reach this one; `null`: it is the only one. */
  readonly relay: { readonly port: number; readonly host: string } | null
  readonly onPresence?: (change: PresenceChange) => void
  readonly limits?: DeviceServerDeps['limits'] & {
    /** How long a link must be up before an upgrade may use it. @default 30 s */
    readonly updaterAgeMs?: number
    /** @default 15 s */
    readonly renewMs?: number
    /** How long link records are kept. @default 90 days */
    readonly keepRecordsMs?: number
  }
}

const RELAY_RETRY_MS = 3000

const OUTCOMES: readonly UpdaterOutcome[] = ['restarting', 'offline', 'too-young', 'controls-held', 'no-answer']

/** Creates it; nothing listens yet. */
export function createHarbourLink(options: HarbourLinkOptions): HarbourLink {
  const { db, log, onPresence, limits = {} } = options
  let server: DeviceLinkServer | null = null
  let relayServer: RelayServer | null = null
  let secret: Promise<string> | null = null
  const readSecret = (): Promise<string> => {
    secret ??= ensureLinkSecret(db, { fresh: randomBytes(32).toString('hex') }).catch((error: unknown) => {
      secret = null
      throw error
    })
    return secret
  }
  const relay = options.relay === null ? null : createRelayClient({ secret: readSecret, log })
  const links = createDeviceLinks({
    db,
    log,
    relayAddress: () => relayServer?.address ?? null,
    onAttach: (iam) => pages.deviceIsHere(iam),
    ...(onPresence === undefined ? {} : { onPresence }),
  })
  const pages = createLinkPages({
    db,
    links,
    relay,
    log,
    ...(limits.renewMs === undefined ? {} : { renewMs: limits.renewMs }),
  })

  let stopRetention: (() => void) | null = null
  let isClosed = false
  let retry: NodeJS.Timeout | null = null
  /** The secret is in the database, which may be unavailable: this process's devices and pages do not wait for it. */
  async function startRelay(): Promise<void> {
    if (options.relay === null || options.device === null || isClosed) return
    const { updaterAgeMs } = limits
    try {
      relayServer = await listenForRelay({ links, secret: await readSecret(), log, updaterAgeMs, ...options.relay })
      log.info('relay.listening', { address: relayServer.address })
    } catch (error) {
      log.warn('relay.not-listening', { error: String(error) })
      retry = setTimeout(() => void startRelay(), RELAY_RETRY_MS)
      retry.unref()
    }
  }

  return {
    processId: links.processId,
    async listen() {
      await startRelay()
      if (options.device === null) return 0
      stopRetention = keepRecordsFor(limits.keepRecordsMs, { db, log })
      server = await listenForDevices(
        {
          links,
          findDevice: (iam) => findLinkableDevice(db, { iam }),
          onMoved({ iam, link }) {
            if (relay === null || link === null || link.relayAddress === null) return
            const { relayAddress, processId, linkId } = link
            void relay.drop({ address: relayAddress, processId }, { iam, linkId })
          },
          log,
          limits,
        },
        options.device.port,
        options.device.host,
      )
      log.info('link.listening', { host: options.device.host, port: server.port })
      return server.port
    },
    openPage: (opening) => pages.open(opening),
    async switchToUpdater(iam) {
      const room = links.find(iam)
      if (room?.connection != null || relay === null) {
        return switchToUpdater(room, { now: new Date(), leastAgeMs: limits.updaterAgeMs })
      }
      const device = await findLinkableDevice(db, { iam })
      const [link] = device === null ? [] : await listDeviceLinks(db, { deviceIds: [device.id] })
      if (link === undefined || !link.isOpen || link.relayAddress === null || link.processId === links.processId) {
        return 'offline'
      }
      const said = await relay.switchToUpdater({ address: link.relayAddress, processId: link.processId }, iam)
      return OUTCOMES.find((outcome) => outcome === said) ?? 'offline'
    },
    stats: () => ({ ...links.stats(), pages: pages.count() }),
    async close() {
      isClosed = true
      if (retry !== null) clearTimeout(retry)
      stopRetention?.()
      const closed = server?.close()
      pages.close()
      relay?.close()
      await relayServer?.close()
      await links.close()
      await closed
    },
  }
}
