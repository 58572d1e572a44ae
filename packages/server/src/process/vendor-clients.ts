import { RockBlockClient, RockStarClient } from '@paikea/rockblock-client'
import type { Config } from '../config/load-config.ts'

/** Clients for the vendor's services; `null` if no credentials are configured. */
export interface VendorClients {
  readonly modemSender: RockBlockClient | null
  readonly rockStarSender: RockStarClient | null
}

/** Creates the clients from the configuration. */
export function createVendorClients(config: Config): VendorClients {
  const { rockblock, rockcore } = config.vendor
  const at = (url: string | null): { url?: string } => (url === null ? {} : { url })
  return {
    modemSender: rockblock.login === null ? null : new RockBlockClient({ ...rockblock.login, ...at(rockblock.url) }),
    rockStarSender: rockcore.login === null ? null : new RockStarClient({ ...rockcore.login, ...at(rockcore.url) }),
  }
}
