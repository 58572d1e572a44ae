import type { WireKind } from './request.ts'

/** What a device asks for by its path. */
export type WireAddress =
  | { readonly kind: 'health' }
  | { readonly kind: 'register'; readonly device: WireKind }
  | { readonly kind: 'upgrade'; readonly device: WireKind; readonly iam: string }

const UPGRADE = /^\/v1\/(buoy|handset)\/([^/?#]{1,200})\/upgrade$/u
const REGISTER = /^\/v1\/(buoy|handset)\/register$/u

/** Beginnings of a request line that belong to a device and to nobody else. */
export const DEVICE_BEGINNINGS = ['POST /v1/buoy/', 'POST /v1/handset/', 'GET /connection/hc'] as const

/** Reads a request's target, with or without a query. @returns `null` for someone else's */
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
