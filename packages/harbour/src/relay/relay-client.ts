import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Log, Role } from '@paikea/domain'
import type { RoomDevice } from '../link/links.ts'
import { isSameProof, listenTo, proofOf, type RelayMessage, say } from './relay-wire.ts'

/** Another process. */
export interface RelayPeer {
  /** `host:port` */
  readonly address: string
  readonly processId: string
}

/** Reaches the rooms of other processes, over one connection each. */
export interface RelayClient {
  /** Places a page in a room there. @returns `null` if that process cannot be reached */
  openPage(
    peer: RelayPeer,
    member: {
      readonly device: RoomDevice
      readonly page: { readonly id: string; readonly user: string; readonly role: Role }
    },
    events: { message(text: string): void; lost(): void },
  ): Promise<{ receive(text: string): void; leave(): void } | null>
  isReachable(peer: RelayPeer): Promise<boolean>
  /** Ends a connection that a newer one has replaced. */
  drop(peer: RelayPeer, link: { readonly iam: string; readonly linkId: string }): Promise<void>
  /** Has a device there sent into its updater. @returns the outcome; `null` if there is no reply */
  switchToUpdater(peer: RelayPeer, iam: string): Promise<string | null>
  close(): void
}

interface Line {
  readonly socket: Socket
  readonly pages: Map<string, { message(text: string): void; lost(): void }>
  readonly asked: Map<number, (outcome: string | null) => void>
}

const CONNECT_WITHIN_MS = 3000
const OUTCOME_WITHIN_MS = 40_000
/** How long an unreachable process is left alone. */
const REST_MS = 3000

/** Creates it. @param secret called when first needed */
export function createRelayClient(options: { readonly secret: () => Promise<string>; readonly log: Log }): RelayClient {
  const { secret, log } = options
  const lines = new Map<string, Promise<Line | null>>()
  const open = new Set<Socket>()
  const restUntil = new Map<string, number>()
  let questions = 0
  let isClosed = false

  function lineTo(peer: RelayPeer): Promise<Line | null> {
    const known = lines.get(peer.processId)
    if (known !== undefined) return known
    if (isClosed || (restUntil.get(peer.processId) ?? 0) > Date.now()) return Promise.resolve(null)
    const line = dial(peer).catch((error: unknown) => {
      log.warn('relay.not-reached', { process: peer.processId, error: String(error) })
      return null
    })
    lines.set(peer.processId, line)
    void line.then((made) => {
      if (made !== null) return
      lines.delete(peer.processId)
      if (restUntil.size > 1000) restUntil.clear()
      restUntil.set(peer.processId, Date.now() + REST_MS)
    })
    return line
  }

  async function dial({ address, processId }: RelayPeer): Promise<Line | null> {
    const key = await secret()
    const colon = address.lastIndexOf(':')
    const host = address.slice(0, colon).replace(/^\[(.*)\]$/u, '$1')
    const socket = connect({ host, port: Number(address.slice(colon + 1)) })
    open.add(socket)
    const line: Line = { socket, pages: new Map(), asked: new Map() }
    const nonce = randomBytes(16).toString('hex')
    return new Promise((resolve) => {
      let theirNonce: string | null = null
      let isKnown = false
      const timer = setTimeout(() => socket.destroy(), CONNECT_WITHIN_MS)
      const greet = (message: RelayMessage): void => {
        if (message.t === 'hello' && message.from === processId && theirNonce === null) {
          theirNonce = message.nonce
          say(socket, { t: 'hello', from: '', nonce })
          say(socket, { t: 'proof', proof: proofOf(key, 'client', processId, [theirNonce, nonce]) })
          return
        }
        const wanted = proofOf(key, 'server', processId, [nonce, theirNonce ?? ''])
        if (message.t !== 'proof' || theirNonce === null || !isSameProof(message.proof, wanted)) {
          socket.destroy()
          return
        }
        isKnown = true
        clearTimeout(timer)
        resolve(line)
      }
      listenTo(socket, (message) => {
        if (!isKnown) greet(message)
        else if (message.t === 'text') line.pages.get(message.page)?.message(message.text)
        else if (message.t === 'outcome') line.asked.get(message.id)?.(message.outcome)
      })
      socket.on('close', () => {
        clearTimeout(timer)
        open.delete(socket)
        resolve(null)
        if (!isKnown) return
        lines.delete(processId)
        const lost = [...line.pages.values()]
        line.pages.clear()
        for (const page of lost) page.lost()
        for (const answer of line.asked.values()) answer(null)
      })
    })
  }

  return {
    async openPage(peer, { device, page }, events) {
      const line = await lineTo(peer)
      if (line === null || line.socket.destroyed) return null
      const { id, user, role } = page
      line.pages.set(id, events)
      // Listed one by one: a database row holds more than the other process needs to know.
      const known = { id: device.id, iam: device.iam, groupId: device.groupId }
      say(line.socket, { t: 'open', page: id, device: known, user, role })
      return {
        receive: (text) => void say(line.socket, { t: 'text', page: id, text }),
        leave() {
          line.pages.delete(id)
          say(line.socket, { t: 'leave', page: id })
        },
      }
    },
    isReachable: async (peer) => (await lineTo(peer)) !== null,
    async drop(peer, link) {
      const line = await lineTo(peer)
      if (line !== null) say(line.socket, { t: 'drop', ...link })
    },
    async switchToUpdater(peer, iam) {
      const line = await lineTo(peer)
      if (line === null || line.socket.destroyed) return null
      const id = (questions += 1)
      return new Promise((resolve) => {
        const timer = setTimeout(() => answer(null), OUTCOME_WITHIN_MS)
        const answer = (outcome: string | null): void => {
          clearTimeout(timer)
          line.asked.delete(id)
          resolve(outcome)
        }
        line.asked.set(id, answer)
        say(line.socket, { t: 'updater', id, iam })
      })
    },
    close() {
      isClosed = true
      for (const socket of open) socket.destroy()
    },
  }
}
