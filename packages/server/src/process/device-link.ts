import { type LiveHub, presentPresence } from '@paikea/api'
import type { Database } from '@paikea/database'
import type { Log } from '@paikea/domain'
import { createHarbourLink, type HarbourLink } from '@paikea/harbour'
import type { Config } from '../config/load-config.ts'
import { listenError } from './listen-error.ts'

/**
 * Creates this process's side of the devices' live link. A worker holds no devices, but reaches those of other
 * processes. A process with its own database file has no others, and so no relay.
 */
export function createDeviceLink(options: {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly hub: LiveHub
  readonly role: 'all' | 'api' | 'worker'
  /** Called when a device opens its link here. */
  readonly onOnline: (iam: string) => void
}): HarbourLink {
  const { config, db, log, hub, role, onOnline } = options
  const { host, devicePort } = config.http
  const isAlone = role === 'all' && db.dialect === 'sqlite'
  return createHarbourLink({
    db,
    log,
    device: role === 'worker' ? null : { host, port: devicePort },
    relay: isAlone ? null : config.relay,
    onPresence({ iam, groupId, isOnline, since }) {
      if (isOnline) onOnline(iam)
      hub.publish(presentPresence({ iam, groupId, isOnline, since: since.toISOString() }))
    },
  })
}

/** Opens its port. @throws {ServeError} if the port is taken or not permitted */
export async function listenForDevices(link: HarbourLink, { http }: Config): Promise<number> {
  try {
    return await link.listen()
  } catch (cause) {
    throw listenError(cause, `port ${http.devicePort} of the device link`, 'PAIKEA_DEVICE_PORT')
  }
}
