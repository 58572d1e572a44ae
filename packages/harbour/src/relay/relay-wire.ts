/**
 * Protocol between processes: lines of JSON over TCP, with each end proving by an HMAC that it knows the secret both
 * read from the database. The secret itself is never sent; the traffic is not encrypted, so these connections belong on
 * a private network.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { ROLES, type Role } from '@paikea/domain'

/** A message of either end. */
export type RelayMessage =
  | { readonly t: 'hello'; readonly from: string; readonly nonce: string }
  | { readonly t: 'proof'; readonly proof: string }
  | {
      readonly t: 'open'
      readonly page: string
      readonly device: { readonly id: number; readonly iam: string; readonly groupId: number }
      readonly user: string
      readonly role: Role
    }
  /** To a page, or from it. */
  | { readonly t: 'text'; readonly page: string; readonly text: string }
  | { readonly t: 'leave'; readonly page: string }
  /** The device has opened a newer connection elsewhere. */
  | { readonly t: 'drop'; readonly iam: string; readonly linkId: string }
  | { readonly t: 'updater'; readonly id: number; readonly iam: string }
  | { readonly t: 'outcome'; readonly id: number; readonly outcome: string }

/** Back-pressure limit: beyond this the connection is closed, and its pages look for their device again. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const MAX_LINE_BYTES = 4 * 1024 * 1024

/** The proof that one end knows the secret. */
export function proofOf(secret: string, side: 'client' | 'server', server: string, nonces: readonly string[]): string {
  return createHmac('sha256', secret)
    .update([side, server, ...nonces].join('\n'))
    .digest('hex')
}

/** Compares two proofs in constant time. */
export function isSameProof(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Sends a message. @returns `false` if the connection was closed */
export function say(socket: Socket, message: RelayMessage): boolean {
  if (socket.destroyed || socket.writableEnded) return false
  if (socket.writableLength > MAX_WAITING_BYTES) {
    socket.destroy()
    return false
  }
  return socket.write(`${JSON.stringify(message)}\n`) || true
}

/** Reads messages; an invalid one ends the connection. */
export function listenTo(socket: Socket, onMessage: (message: RelayMessage) => void): void {
  let held: Buffer[] = []
  let heldBytes = 0
  socket.on('data', (piece: Buffer) => {
    let rest = piece
    for (;;) {
      const end = rest.indexOf(10)
      if (end < 0) break
      const line = Buffer.concat([...held, rest.subarray(0, end)]).toString('utf8')
      held = []
      heldBytes = 0
      rest = rest.subarray(end + 1)
      const message = readMessage(line)
      if (message === null) return void socket.destroy()
      onMessage(message)
    }
    if (rest.length === 0) return
    held.push(rest)
    heldBytes += rest.length
    if (heldBytes > MAX_LINE_BYTES) socket.destroy()
  })
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.destroy())
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 15_000)
}

function readMessage(line: string): RelayMessage | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const fields = new Map<string, unknown>(Object.entries(value))
  const text = (name: string): string => {
    const found = fields.get(name)
    return typeof found === 'string' ? found : ''
  }
  const number = (name: string): number => Number(fields.get(name))
  switch (fields.get('t')) {
    case 'hello':
      return { t: 'hello', from: text('from'), nonce: text('nonce') }
    case 'proof':
      return { t: 'proof', proof: text('proof') }
    case 'open': {
      const device = readDevice(fields.get('device'))
      const role = ROLES.find((each) => each === fields.get('role'))
      if (device === null || role === undefined) return null
      return { t: 'open', page: text('page'), device, user: text('user'), role }
    }
    case 'text':
      return { t: 'text', page: text('page'), text: text('text') }
    case 'leave':
      return { t: 'leave', page: text('page') }
    case 'drop':
      return { t: 'drop', iam: text('iam'), linkId: text('linkId') }
    case 'updater':
      return { t: 'updater', id: number('id'), iam: text('iam') }
    case 'outcome':
      return { t: 'outcome', id: number('id'), outcome: text('outcome') }
    default:
      return null
  }
}

function readDevice(value: unknown): { id: number; iam: string; groupId: number } | null {
  if (typeof value !== 'object' || value === null) return null
  if (!('id' in value && 'iam' in value && 'groupId' in value)) return null
  const { id, iam, groupId } = value
  return typeof id === 'number' && typeof iam === 'string' && typeof groupId === 'number' ? { id, iam, groupId } : null
}
