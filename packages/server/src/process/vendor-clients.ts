import { RockBlockClient, RockStarClient } from '@paikea/rockblock-client'
import type { Config } from '../config/load-config.ts'

/** Clients for the vendor's services; `null` if no credentials are configured. */
export interface VendorClients {
  readonly modemSender: RockBlockClient | null
  readonly rockStarSender: RockStarClient | null
}

/** Creates the clients from the configuration. @param ask `fetch` in place of the global one */
export function createVendorClients(config: Config, ask?: typeof fetch): VendorClients {
  const { rockblock, rockcore } = config.vendor
  const at = (url: string | null): { url?: string; fetch?: typeof fetch } => ({
    ...(url === null ? {} : { url }),
    ...(ask === undefined ? {} : { fetch: ask }),
  })
  return {
    modemSender: rockblock.login === null ? null : new RockBlockClient({ ...rockblock.login, ...at(rockblock.url) }),
    rockStarSender: rockcore.login === null ? null : new RockStarClient({ ...rockcore.login, ...at(rockcore.url) }),
  }
}
