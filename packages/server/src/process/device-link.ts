import { type LiveHub, presentPresence } from '@paikea/api'
import type { Database } from '@paikea/database'
import type { Log } from '@paikea/domain'
import { createHarbourLink, type HarbourLink } from '@paikea/harbour'
import type { Config } from '../config/load-config.ts'
import { listenError } from './listen-error.ts'

/**
 * Builds the devices' live link of this process. A worker holds no devices, but reaches those of the other processes. One process over
 * a file of its own has no others, and so no relay.
 */
export function createDeviceLink(options: {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly hub: LiveHub
  readonly role: 'all' | 'api' | 'worker'
  /** A device opened its link here. */
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

/** Opens its port. @throws {ServeError} for a port that is taken or not allowed */
export async function listenForDevices(link: HarbourLink, { http }: Config): Promise<number> {
  try {
    return await link.listen()
  } catch (cause) {
    throw listenError(cause, `port ${http.devicePort} of the device link`, 'PAIKEA_DEVICE_PORT')
  }
}
