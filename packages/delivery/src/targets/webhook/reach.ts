import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** Decides which addresses outgoing requests may connect to. */
export interface Reach {
  /** Whether an address may be reached; plain HTTP only reaches addresses explicitly allowed. */
  allows(address: string, protocol: 'http:' | 'https:'): boolean
}

/** Forbidden for addresses entered by users: this machine, its network, and addresses of no single machine. */
const PRIVATE: readonly (readonly [string, number])[] = [
  ...ranges('0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24'),
  ...ranges('192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4'),
  ...ranges('::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16'),
  ...ranges('fc00::/7 fe80::/10 fec0::/10 ff00::/8'),
]
/** IPv6 forms with an IPv4 address in their last 32 bits, which decides. */
const EMBEDS_IPV4: readonly (readonly [string, number])[] = ranges('::ffff:0:0/96 64:ff9b::/96')

/**
 * Builds an installation's policy.
 *
 * @param allowed private CIDR blocks that may be reached, also by plain HTTP
 * @throws RangeError for an invalid block
 */
export function createReach(allowed: readonly string[]): Reach {
  const isPrivate = blockList(PRIVATE)
  const isAllowed = blockList(allowed.flatMap((block) => ranges(block)))
  const embeds = blockList(EMBEDS_IPV4)
  return {
    allows(address, protocol) {
      const plain = withoutZone(address)
      const judged = isIPv6(plain) && embeds.check(plain, 'ipv6') ? ipv4Within(plain) : plain
      const family = isIPv6(judged) ? 'ipv6' : 'ipv4'
      if (isAllowed.check(judged, family) || (judged !== plain && isAllowed.check(plain, 'ipv6'))) return true
      return protocol === 'https:' && !isPrivate.check(judged, family)
    },
  }
}

/** The connection was refused because the name resolves to no permitted address. */
export class OutOfReachError extends Error {
  override readonly name = 'OutOfReachError'
  readonly code = 'OUT_OF_REACH'
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/**
 * A `lookup` for sockets that returns only permitted addresses. The socket connects to the address it was given: the
 * name is resolved once, so it cannot change between the check and the connection.
 */
export function lookupWithin(reach: Reach, protocol: 'http:' | 'https:') {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const within = addresses.filter(({ address }) => reach.allows(address, protocol))
      const [first] = within
      if (first === undefined) return callback(new OutOfReachError('the address is private'), [])
      if (options.all === true) callback(null, within)
      else callback(null, first.address, first.family)
    })
  }
}

/** Whether a URL's host may be reached now; `null` if its name cannot be resolved. The answer may change later. */
export async function isWithinReach(url: URL, reach: Reach): Promise<boolean | null> {
  const protocol = url.protocol === 'http:' ? 'http:' : 'https:'
  const host = hostOf(url)
  if (isIP(host) !== 0) return reach.allows(host, protocol)
  return new Promise((resolve) => {
    resolveName(host, { all: true }, (error, addresses) => {
      resolve(error === null ? addresses.some(({ address }) => reach.allows(address, protocol)) : null)
    })
  })
}

/** The host, without the brackets around an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

function ranges(text: string): (readonly [string, number])[] {
  return text
    .split(' ')
    .filter((block) => block !== '')
    .map((block) => {
      const [address = '', bits] = block.split('/')
      const size = isIPv6(address) ? 128 : 32
      const prefix = bits === undefined ? size : Number(bits)
      if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > size) {
        throw new RangeError(`"${block}" is not a CIDR block like 10.0.0.0/8`)
      }
      return [address, prefix] as const
    })
}

function blockList(blocks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of blocks) list.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? address
}

/** `::ffff:7f00:1` and `::ffff:127.0.0.1` are 127.0.0.1. */
function ipv4Within(address: string): string {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  if (dotted !== undefined) return dotted
  const [high = '0', low = '0'] = expandTail(address)
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.')
}

/** The last two groups; a `::` directly before them stands for zeros. */
function expandTail(address: string): readonly string[] {
  const [head = '', tail = ''] = address.split('::')
  const groups = (address.includes('::') ? tail : head).split(':').filter((group) => group !== '')
  return ['0', '0', ...groups].slice(-2)
}
