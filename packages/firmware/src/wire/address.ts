import type { WireKind } from './request.ts'

/** What a device requests, as its path says. */
export type WireAddress =
  | { readonly kind: 'health' }
  | { readonly kind: 'register'; readonly device: WireKind }
  | { readonly kind: 'upgrade'; readonly device: WireKind; readonly iam: string }

const UPGRADE = /^\/v1\/(buoy|handset)\/([^/?#]{1,200})\/upgrade$/u
const REGISTER = /^\/v1\/(buoy|handset)\/register$/u

/** Prefixes of request lines that only devices send. */
export const DEVICE_BEGINNINGS = ['POST /v1/buoy/', 'POST /v1/handset/', 'GET /connection/hc'] as const

/** Parses a request target, with or without a query. @returns `null` if it is not a device's */
export function parseWireAddress(target: string): WireAddress | null {
  const [path = ''] = target.split('?', 1)
  if (path === '/connection/hc') return { kind: 'health' }
  const register = REGISTER.exec(path)
  if (register !== null) return { kind: 'register', device: toKind(register[1]) }
  const upgrade = UPGRADE.exec(path)
  if (upgrade === null) return null
  const iam = decode(upgrade[2] ?? '')
  return iam === null ? null : { kind: 'upgrade', device: toKind(upgrade[1]), iam }
}

function toKind(text: string | undefined): WireKind {
  return text === 'handset' ? 'handset' : 'buoy'
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
