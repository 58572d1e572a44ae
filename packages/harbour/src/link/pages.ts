import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { type Database, type DeviceLinkRow, listDeviceLinks } from '@paikea/database'
import type { Log, Role } from '@paikea/domain'
import type { RelayClient } from '../relay/relay-client.ts'
import { endSocket } from '../end-socket.ts'
import { acceptance, keyOf, refusal } from './handshake.ts'
import type { DeviceLinks, RoomDevice } from './links.ts'
import { refusedMessage } from './messages.ts'
import type { RoomPage } from './room.ts'
import { openWebSocket } from './web-socket.ts'

/** A page that an authenticated user opened for a device. */
export interface PageOpening {
  readonly socket: Socket
  /** Bytes read beyond the handshake. */
  readonly first: Buffer
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly device: RoomDevice
  readonly user: string
  readonly role: Role
  /**
   * Called periodically: the present role, or `null` when the page has lost access. Rejects if that cannot be
   * determined.
   */
  readonly renew: () => Promise<Role | null>
  /** Called when the page is gone. */
  readonly onClosed?: () => void
}

/** The pages of this process, in rooms of this process and of others. */
export interface LinkPages {
  open(opening: PageOpening): void
  /** The device's connection is now in this process. */
  deviceIsHere(iam: string): void
  count(): number
  close(): void
}

/** Where a page is placed. */
interface Seat {
  readonly processId: string
  receive(text: string): void
  leave(): void
}

interface Page {
  readonly id: string
  readonly device: RoomDevice
  seat: Seat | null
  isOnline: boolean
  /** Only one search for its place at a time. */
  isMoving: boolean
  /** When to check its access again, in milliseconds since 1970. */
  renewAtMs: number
  move(): void
  renew(): void
  close(): void
}

const PAGE_LIMITS = { maxMessageBytes: 16 * 1024, maxWaitingBytes: 256 * 1024 }
const RENEW_MS = 15_000
const LOOK_MS = 1000
/** Messages per page and second. */
const MAX_PER_SECOND = 20

/** Creates the pages' side. */
export function createLinkPages(options: {
  readonly db: Database
  readonly links: DeviceLinks
  /** `null`: there are no other processes. */
  readonly relay: RelayClient | null
  readonly log: Log
  /** @default 15 s */
  readonly renewMs?: number
}): LinkPages {
  const { db, links, relay, log, renewMs = RENEW_MS } = options
  const pages = new Set<Page>()

  const isElsewhere = (row: DeviceLinkRow | undefined): row is DeviceLinkRow & { relayAddress: string } =>
    row?.isOpen === true && row.processId !== links.processId && row.relayAddress !== null

  /** Pages whose device is offline may find it in another process. */
  let isLooking = false
  async function look(): Promise<void> {
    const away = [...pages].filter((page) => !page.isOnline && !page.isMoving)
    if (relay === null || away.length === 0 || isLooking) return
    isLooking = true
    try {
      const rows = await listDeviceLinks(db, { deviceIds: [...new Set(away.map(({ device }) => device.id))] })
      for (const row of rows) {
        if (!isElsewhere(row)) continue
        const { processId, relayAddress } = row
        // A process that died leaves its rows: pages stay where they are until the process is known to respond.
        if (!(await relay.isReachable({ address: relayAddress, processId }))) continue
        for (const page of away) {
          if (page.device.id === row.deviceId && page.seat?.processId !== processId) page.move()
        }
      }
    } catch (error) {
      log.warn('link.not-looked', { error: String(error) })
    } finally {
      isLooking = false
    }
  }
  const looking = setInterval(() => void look(), LOOK_MS)
  // Each page at its own time: thousands of checks at once would delay frames.
  const renewing = setInterval(() => {
    const now = Date.now()
    for (const page of pages) {
      if (now < page.renewAtMs) continue
      page.renewAtMs = now + renewMs
      page.renew()
    }
  }, renewMs / 20)
  looking.unref()
  renewing.unref()

  function open(opening: PageOpening): void {
    const { socket, first, headers, device, user, renew, onClosed } = opening
    const key = keyOf(new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])))
    if (key === null) {
      endSocket(socket, refusal(426, 'This address speaks WebSocket, version 13.'))
      onClosed?.()
      return
    }
    socket.write(acceptance(key))
    const id = `p${randomBytes(9).toString('base64url')}`
    let { role } = opening
    let second = 0
    let inSecond = 0
    const opened = openWebSocket(socket, first, PAGE_LIMITS, {
      message(text) {
        const now = Math.floor(Date.now() / 1000)
        inSecond = now === second ? inSecond + 1 : 1
        second = now
        if (inSecond > MAX_PER_SECOND) say(refusedMessage({ code: 'too-many', detail: 'too many messages' }))
        else if (page.seat !== null) page.seat.receive(text)
        else say(refusedMessage({ code: 'device-offline', detail: 'still looking for the device' }))
      },
      closed() {
        pages.delete(page)
        page.seat?.leave()
        page.seat = null
        onClosed?.()
      },
    })
    const say = (text: string): void => {
      if (text.startsWith('{"type":"presence"')) page.isOnline = text.startsWith('{"type":"presence","device":"online"')
      // Back-pressure: do not wait for a page that reads too slowly; it reconnects and sees the state then.
      if (!opened.send(text) && opened.isOpen) opened.close(1013, 'this page reads too slowly')
    }

    function sitHere(): Seat {
      const room = links.roomOf(device)
      const member: RoomPage = { id, user, role, send: say }
      room.join(member)
      return {
        processId: links.processId,
        receive: (text) => room.receive(id, text),
        leave() {
          room.leave(id)
          links.tidy(room)
        },
      }
    }

    async function findSeat(): Promise<Seat> {
      if (links.find(device.iam)?.connection != null || relay === null) return sitHere()
      const [row] = await listDeviceLinks(db, { deviceIds: [device.id] }).catch(() => [])
      if (links.find(device.iam)?.connection == null && isElsewhere(row)) {
        const there = await relay.openPage(
          { address: row.relayAddress, processId: row.processId },
          { device, page: { id, user, role } },
          { message: say, lost },
        )
        if (there !== null)
          return { processId: row.processId, receive: (text) => there.receive(text), leave: () => there.leave() }
      }
      return sitHere()
    }
    const lost = (): void => {
      if (!opened.isOpen) return
      page.seat = null
      page.move()
    }

    const page: Page = {
      id,
      device,
      seat: null,
      isOnline: false,
      isMoving: false,
      renewAtMs: Date.now() + renewMs * Math.random(),
      move() {
        if (page.isMoving) return
        page.isMoving = true
        const before = page.seat
        page.seat = null
        before?.leave()
        findSeat()
          .then((seat) => {
            if (opened.isOpen) page.seat = seat
            else seat.leave()
          })
          .catch((error: unknown) => {
            log.error('link.page-failed', { error: String(error) })
            opened.close(1011, 'something went wrong')
          })
          .finally(() => {
            page.isMoving = false
            // The device may have come here while the page was on its way elsewhere.
            const isHere = links.find(device.iam)?.connection != null
            if (opened.isOpen && isHere && page.seat?.processId !== links.processId) page.move()
          })
      },
      renew() {
        renew().then(
          (now) => {
            if (now === null) opened.close(4401, 'no longer logged in, or no longer allowed')
            else if (now !== role) {
              role = now
              page.move()
            }
          },
          // The database is unavailable: check again on the next round.
          () => undefined,
        )
      },
      close: () => opened.close(1001, 'the server is shutting down'),
    }
    pages.add(page)
    page.move()
  }

  return {
    open,
    deviceIsHere(iam) {
      for (const page of pages) {
        if (page.device.iam === iam && page.seat !== null && page.seat.processId !== links.processId) page.move()
      }
    },
    count: () => pages.size,
    close() {
      clearInterval(looking)
      clearInterval(renewing)
      for (const page of pages) page.close()
    },
  }
}
