import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Reads the address a request came from. `null` if the connection is already gone. */
export type AddressReader = (
  req: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } },
) => string | null

/**
 * Creates the reader. `X-Forwarded-For` is trusted only as far as the proxies named here wrote it: it is read from the
 * right, and the first address that is not one of them is the client.
 *
 * @param trustedProxies addresses or CIDR blocks
 * @throws TypeError for an entry that is neither
 */
export function createAddressReader(trustedProxies: readonly string[]): AddressReader {
  if (trustedProxies.length === 0) return (req) => normalise(req.socket.remoteAddress)
  const trusted = buildBlockList(trustedProxies)
  return (req) => {
    let client = normalise(req.socket.remoteAddress)
    const forwarded = req.headers['x-forwarded-for']
    if (client === null || forwarded === undefined) return client
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded).split(',')
    for (let i = hops.length - 1; i >= 0 && isTrusted(trusted, client); i -= 1) {
      const hop = normalise(hops[i]?.trim())
      if (hop === null || isIP(hop) === 0) break
      client = hop
    }
    return client
  }
}

/**
 * Creates a membership test for addresses.
 *
 * @param networks addresses or CIDR blocks
 * @throws TypeError for an entry that is neither
 */
export function createNetworkCheck(networks: readonly string[]): (address: string | null) => boolean {
  if (networks.length === 0) return () => false
  const list = buildBlockList(networks)
  return (address) => address !== null && isIP(address) !== 0 && isTrusted(list, address)
}

/** Whether an address is a loopback address. */
export function isLoopback(address: string | null): boolean {
  return address !== null && (address === '::1' || address.startsWith('127.'))
}

function buildBlockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address)
    if (family === 0) throw new TypeError(`Not an address or CIDR block: ${entry}`)
    const name = family === 4 ? 'ipv4' : 'ipv6'
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix)
    list.addSubnet(address, bits, name)
  }
  return list
}

function isTrusted(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** A dual-stack socket shows IPv4 as `::ffff:192.0.2.1`. */
function normalise(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
