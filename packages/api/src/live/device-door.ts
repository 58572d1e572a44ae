import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Role } from '@paikea/domain'
import { findDevice, type Database } from '@paikea/database'
import type { Authenticator, CredentialSource } from '../auth/authenticate.ts'
import { hasRole, scopeOf } from '@paikea/operations'
import type { Principal } from '../auth/principal.ts'
import { ApiError, forbidden, notFound } from '../http/api-error.ts'
import type { AddressReader } from '../http/client-address.ts'
import { IamSchema } from '../http/fields.ts'
import { presentProblem, PROBLEM_TYPE, toApiError } from '../http/problem.ts'
import { notLoggedIn } from '../route-table/access.ts'
import { createStreamPlaces } from './places.ts'

/** Receives a device's live-link pages once their user is authenticated. */
export interface DeviceLinkPages {
  openPage(opening: {
    readonly socket: Socket
    readonly first: Buffer
    readonly headers: IncomingMessage['headers']
    readonly device: { readonly id: number; readonly iam: string; readonly groupId: number }
    /** Display name of the user or program on other pages. */
    readonly user: string
    readonly role: Role
    readonly renew: () => Promise<Role | null>
    readonly onClosed: () => void
  }): void
}

/** Admits pages to `WS /v1/devices/{iam}/live`; refuses and closes any other upgrade request. */
export type DeviceDoor = (req: IncomingMessage, socket: Duplex, first: Buffer) => void

const PATH = /^\/v1\/devices\/([^/?#]+)\/live\/?(?:\?|$)/u
const LINGER_MS = 2000
const STRONGEST_FIRST = ['admin', 'operator', 'technician', 'viewer'] as const satisfies readonly Role[]

/** Creates the handler. */
export function createDeviceDoor(options: {
  readonly db: Database
  readonly auth: Pick<Authenticator, 'identify'>
  readonly addressOf: AddressReader
  readonly charge: (address: string) => Promise<void>
  /** The service's public address, accepted as an origin besides the requested host. */
  readonly publicUrl: string | null
  /** `null` if there is no live link here. */
  readonly pages: DeviceLinkPages | null
}): DeviceDoor {
  const { db, auth, addressOf, charge, publicUrl, pages } = options
  const places = createStreamPlaces()
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin

  /**
   * A browser attaches its cookie even if another site's page opens the socket, but always states that page's origin.
   */
  function checkOrigin(req: IncomingMessage): void {
    const { origin, host, authorization } = req.headers
    if (authorization !== undefined || origin === undefined || origin === publicOrigin) return
    if (URL.canParse(origin) && new URL(origin).host === host) return
    throw forbidden('This page has a different origin.')
  }

  async function admit(req: IncomingMessage): Promise<() => void> {
    await charge(addressOf(req) ?? 'unknown')
    const iam = IamSchema.safeParse(PATH.exec(req.url ?? '')?.[1]).data
    if (iam === undefined || pages === null) throw notFound('live link')
    checkOrigin(req)
    const source = credentialsOf(req)
    const principal = await auth.identify(source)
    if (principal === null) throw notLoggedIn('Log in, or send a valid token.')
    const device = await findDevice(db, { scope: scopeOf(principal), iam })
    if (device === null) throw notFound('device')
    const groupId = device.group.id
    const role = roleOf(principal, groupId)
    if (role === null) throw notFound('device')
    const leave = places.take(principal.account)
    if (leave === null) throw new ApiError(503, 'too-many-streams', 'Too many pages are open.')
    return () => {
      const { socket } = req
      pages.openPage({
        socket,
        first: Buffer.alloc(0),
        headers: req.headers,
        device: { id: device.id, iam, groupId },
        user: principal.user?.displayName ?? principal.user?.email ?? principal.actor,
        role,
        renew: async () => {
          const now = await auth.identify(source)
          return now === null ? null : roleOf(now, groupId)
        },
        onClosed: leave,
      })
    }
  }

  return (req, socket, first) => {
    // Nothing else handles errors from here on, and an unhandled `error` event would end the process.
    socket.on('error', () => socket.destroy())
    admit(req).then(
      (open) => {
        if (socket.destroyed) return
        if (first.length > 0) socket.unshift(first)
        open()
      },
      (error: unknown) => refuse(socket, toApiError(error)),
    )
  }
}

function roleOf(principal: Principal, groupId: number): Role | null {
  return STRONGEST_FIRST.find((role) => hasRole(principal, groupId, role)) ?? null
}

/** Provides what a Koa context would. */
function credentialsOf(req: IncomingMessage): CredentialSource {
  const { headers } = req
  const cookies = new Map(
    (headers.cookie ?? '').split(';').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const
    }),
  )
  return {
    req,
    get: (name) => (name === 'authorization' ? (headers.authorization ?? '') : ''),
    cookies: { get: (name) => cookies.get(name) },
  }
}

/** Sends the response and a FIN, then reads the rest: closing with unread bytes would lose the response. */
function refuse(socket: Duplex, error: ApiError): void {
  const body = JSON.stringify(presentProblem(error))
  const headers = { 'Content-Type': PROBLEM_TYPE, 'Content-Length': String(Buffer.byteLength(body)), ...error.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? 'Error'}`
  socket.resume()
  socket.end([head, ...lines, 'Connection: close', '', body].join('\r\n'))
  socket.once('end', () => socket.destroy())
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
