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

/** Where pages of a device's live link go once it is known who opens them. */
export interface DeviceLinkPages {
  openPage(opening: {
    readonly socket: Socket
    readonly first: Buffer
    readonly headers: IncomingMessage['headers']
    readonly device: { readonly id: number; readonly iam: string; readonly groupId: number }
    /** How the person, or the program, is named to other pages. */
    readonly user: string
    readonly role: Role
    readonly renew: () => Promise<Role | null>
    readonly onClosed: () => void
  }): void
}

/** Lets pages in by `WS /v1/devices/{iam}/live`; every other request for another protocol is answered and closed. */
export type DeviceDoor = (req: IncomingMessage, socket: Duplex, first: Buffer) => void

const PATH = /^\/v1\/devices\/([^/?#]+)\/live\/?(?:\?|$)/u
const LINGER_MS = 2000
const STRONGEST_FIRST = ['admin', 'operator', 'technician', 'viewer'] as const satisfies readonly Role[]

/** Builds the door. */
export function createDeviceDoor(options: {
  readonly db: Database
  readonly auth: Pick<Authenticator, 'identify'>
  readonly addressOf: AddressReader
  readonly charge: (address: string) => Promise<void>
  /** Where people reach the service, beside the host that they asked. */
  readonly publicUrl: string | null
  /** `null` = there is no link here. */
  readonly pages: DeviceLinkPages | null
}): DeviceDoor {
  const { db, auth, addressOf, charge, publicUrl, pages } = options
  const places = createStreamPlaces()
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin

  /** A browser sends its cookie wherever a page of someone else's tells it to, and always says whose page that is. */
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
    // Nobody else listens any more: an error without a listener would end the process.
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

/** What Koa's context would give. */
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

/** The answer, a FIN, and what still comes is read: closed with bytes unread the answer would be lost. */
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
