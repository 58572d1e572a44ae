import { randomBytes } from 'node:crypto'
import { closeDeviceLink, type Database, type LinkableDevice, openDeviceLink, recordEvents } from '@paikea/database'
import type { Clock, Log } from '@paikea/domain'
import { createMasker, type Masker } from './masking.ts'
import { createRecorder } from './recording.ts'
import { createRoom, type DeviceConnection, type Room } from './room.ts'
import { createLinkStore } from './store.ts'

/** A device connected, disconnected, went deaf, or responds again. */
export interface PresenceChange {
  readonly iam: string
  readonly deviceId: number
  readonly groupId: number
  readonly isOnline: boolean
  readonly since: Date
}

/** The parts of a device that rooms need. */
export type RoomDevice = Pick<LinkableDevice, 'id' | 'iam' | 'groupId'>

/** The rooms of this process. */
export interface DeviceLinks {
  readonly processId: string
  /** A device's room, created if needed. @param since when the device went offline, if known */
  roomOf(device: RoomDevice, since?: Date): Room
  find(iam: string): Room | null
  /** Starts a device's connection and ends its previous one. @returns the handlers for the connection to call */
  attach(
    device: RoomDevice,
    socket: Pick<DeviceConnection, 'send' | 'close'>,
  ): {
    heard(text: string): void
    closed(reason: string): void
  }
  /** Drops a room if it is empty. */
  tidy(room: Room): void
  stats(): { readonly devices: number; readonly rooms: number }
  /** Closes every connection and writes what is still buffered. */
  close(): Promise<void>
}

/** How often to look for silent devices. */
const TICK_MS = 2500
/** How often to write records: little at a time, because frames wait meanwhile. */
const RECORD_MS = 250
/** How many devices' passwords are remembered. */
const MAX_MASKERS = 1000

/** Creates a process's rooms. */
export function createDeviceLinks(options: {
  readonly db: Database
  readonly log: Log
  /** Address of this process's relay for other processes; `null`: none. */
  readonly relayAddress: () => string | null
  readonly onPresence?: (change: PresenceChange) => void
  /** Called when a device's connection has moved here. */
  readonly onAttach?: (iam: string) => void
  readonly clock?: Clock
}): DeviceLinks {
  const { db, log, relayAddress, onPresence, onAttach, clock = () => new Date() } = options
  const processId = randomBytes(12).toString('hex')
  const rooms = new Map<string, Room>()
  const maskers = new Map<string, Masker>()
  const store = createLinkStore({ db, log })
  const recorder = createRecorder(store)
  const timer = setInterval(() => {
    for (const room of rooms.values()) room.tick()
  }, TICK_MS)
  const recording = setInterval(() => recorder.flush(clock()), RECORD_MS)
  timer.unref()
  recording.unref()
  let devices = 0

  function maskerOf(iam: string): Masker {
    const masker = maskers.get(iam) ?? createMasker()
    maskers.delete(iam)
    maskers.set(iam, masker)
    const [oldest] = maskers.keys()
    if (maskers.size > MAX_MASKERS && oldest !== undefined) maskers.delete(oldest)
    return masker
  }

  const links: DeviceLinks = {
    processId,
    roomOf(device, since) {
      const known = rooms.get(device.iam)
      if (known !== undefined) return known
      const { id: deviceId, iam, groupId } = device
      const room = createRoom({
        iam,
        clock,
        since: since ?? clock(),
        masker: maskerOf(iam),
        events: {
          presence(isOnline, at) {
            const data = { isOnline, since: at.toISOString() }
            store.add(({ db: there, tx }) => recordEvents(there, [{ kind: 'presence', subjectId: deviceId, data }], tx))
            onPresence?.({ iam, deviceId, groupId, isOnline, since: at })
          },
          record: (linkId, entry, at) => recorder.add(linkId, entry, at),
        },
      })
      rooms.set(iam, room)
      return room
    },
    find: (iam) => rooms.get(iam) ?? null,
    attach(device, socket) {
      const room = links.roomOf(device)
      const linkId = randomBytes(12).toString('hex')
      const openedAt = clock()
      const deviceId = device.id
      devices += 1
      store.add(({ db: at, tx }) =>
        openDeviceLink(at, { deviceId, linkId, processId, relayAddress: relayAddress(), openedAt }, tx),
      )
      recorder.begin({ deviceId, linkId, openedAt })
      room.attach({ linkId, openedAt, send: socket.send, close: socket.close })
      log.info('link.opened', { iam: device.iam, linkId })
      onAttach?.(device.iam)
      return {
        heard: (text) => room.heard(linkId, text),
        closed(reason) {
          devices -= 1
          const closedAt = clock()
          recorder.end(linkId, reason, closedAt)
          store.add(({ db: at, tx }) => closeDeviceLink(at, { deviceId, linkId, closedAt }, tx))
          room.detach(linkId)
          links.tidy(room)
          log.info('link.closed', { iam: device.iam, linkId, reason })
        },
      }
    },
    tidy(room) {
      if (room.isEmpty && rooms.get(room.iam) === room) rooms.delete(room.iam)
    },
    stats: () => ({ devices, rooms: rooms.size }),
    async close() {
      clearInterval(timer)
      clearInterval(recording)
      for (const room of rooms.values()) room.connection?.close('the server is shutting down')
      await store.idle()
    },
  }
  return links
}
