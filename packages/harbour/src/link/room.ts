import type { Clock, Role } from '@paikea/domain'
import { createCommandOrder, type DeviceCommand, isFault, PROBE, readCommand, writeCommand } from './commands.ts'
import { createControls, UPGRADE } from './controls.ts'
import { maskCommand, type Masker } from './masking.ts'
import {
  frameMessage,
  presenceMessage,
  readPageMessage,
  type Refusal,
  refusedMessage,
  sentMessage,
} from './messages.ts'

/** A device's connection. */
export interface DeviceConnection {
  readonly linkId: string
  readonly openedAt: Date
  /** @returns `false` if the device reads too slowly or is gone */
  send(text: string): boolean
  /** Sends a close frame and a FIN, then ends. */
  close(reason: string): void
}

/** A page in a room, of this process or another. */
export interface RoomPage {
  readonly id: string
  readonly user: string
  readonly role: Role
  send(text: string): void
}

/** What a room reports to its process. */
export interface RoomEvents {
  /** The device connected, disconnected, went deaf, or responds again. */
  presence(isOnline: boolean, since: Date): void
  /** An entry for the record, masked. */
  record(linkId: string, entry: object, at: Date): void
}

/** Everyone around one device: its connection, the pages watching it, and the holder of the controls. */
export interface Room {
  readonly iam: string
  readonly isOnline: boolean
  readonly isEmpty: boolean
  readonly connection: DeviceConnection | null
  /** @returns whether a page or an upgrade holds the controls */
  readonly isHeld: boolean
  attach(connection: DeviceConnection): void
  /** @param linkId detaches only this connection: a newer one stays */
  detach(linkId: string): void
  heard(linkId: string, text: string): void
  join(page: RoomPage): void
  leave(pageId: string): void
  /** Handles a message from a page. */
  receive(pageId: string, text: string): void
  /** Probes a silent device, and reports one that does not respond. */
  tick(): void
  /** Gives an upgrade the controls. @returns a function that releases them; `null` if someone holds them */
  hold(): (() => void) | null
  /** Sends a command of our own to the device, visible to all pages. */
  command(command: DeviceCommand): boolean
  /** Subscribes to the device's frames. @returns a function that unsubscribes */
  tap(listener: (text: string) => void): () => void
}

/** A device silent for this long is probed. */
const ASK_AFTER_MS = 30_000
/** A living device answers a probe at once: after this long without a reply it is deaf or gone. */
const ANSWER_WITHIN_MS = 15_000
/** A command may keep it busy: trying a network takes half a minute. */
const DONE_WITHIN_MS = 45_000
const MAX_PAGE_TEXT = 4096

/** Creates a room. @param since when the device went offline */
export function createRoom(options: {
  readonly iam: string
  readonly since: Date
  readonly clock: Clock
  readonly masker: Masker
  readonly events: RoomEvents
}): Room {
  const { iam, clock, masker, events } = options
  const pages = new Map<string, RoomPage>()
  const taps = new Set<(text: string) => void>()
  const controls = createControls()
  let order = createCommandOrder()
  let connection: DeviceConnection | null = null
  let isAnswering = false
  let since = options.since
  let heardAt = 0
  let askedAt = 0
  /** Replies to our own probe are not passed on. */
  let isProbeOpen = false
  let lastText = ''

  const tell = (text: string): void => {
    for (const page of pages.values()) page.send(text)
  }
  const tellPresence = (): void => {
    for (const page of pages.values()) page.send(presenceFor(page.id))
  }
  const presenceFor = (pageId: string): string =>
    presenceMessage({
      isOnline: connection !== null && isAnswering,
      isOpen: connection !== null,
      since,
      pages: [...pages.values()],
      controller: controls.holder(),
      you: pageId,
    })
  const change = (isOnline: boolean): void => {
    since = clock()
    events.presence(isOnline, since)
    tellPresence()
  }

  /** The only way to send to the device. */
  function transmit(command: DeviceCommand, by: string): Refusal | null {
    if (connection === null || !isAnswering) return offline()
    const fault = order.admit(command)
    if (fault !== null) return fault
    masker.learn(command)
    if (!connection.send(writeCommand(command))) return offline()
    const at = clock()
    askedAt = at.getTime()
    isProbeOpen = false
    const shown = maskCommand(command)
    events.record(connection.linkId, { type: 'sent', at: at.toISOString(), command: shown, page: by }, at)
    tell(sentMessage(at, shown, by))
    return null
  }

  const offline = (): Refusal => ({
    code: 'device-offline',
    detail:
      connection === null
        ? 'the device is not connected'
        : 'the device is connected but does not answer: press its reset button',
  })

  function operate(page: RoomPage, value: unknown): Refusal | null {
    if (page.role === 'viewer') return { code: 'forbidden', detail: 'operating a device needs the role "technician"' }
    const command = readCommand(value)
    if (isFault(command)) return command
    if (connection === null || !isAnswering) return offline()
    if (!controls.claim(page.id)) {
      return { code: 'not-controller', detail: 'someone else holds the controls' }
    }
    tellIfMoved()
    return transmit(command, page.id)
  }

  let toldHolder: string | null = null
  function tellIfMoved(): void {
    if (controls.holder() === toldHolder) return
    toldHolder = controls.holder()
    tellPresence()
  }

  function take(page: RoomPage, isForced: boolean): Refusal | null {
    if (page.role === 'viewer') return { code: 'forbidden', detail: 'operating a device needs the role "technician"' }
    if (controls.claim(page.id)) return null
    const holder = controls.holder()
    if (isForced) {
      if (page.role === 'technician') return { code: 'forbidden', detail: 'taking over needs the role "operator"' }
      return controls.force(page.id) ? null : { code: 'not-controller', detail: 'an upgrade is sending commands' }
    }
    controls.ask(page.id)
    const asked = holder === null ? undefined : pages.get(holder)
    asked?.send(JSON.stringify({ type: 'controls-asked', page: page.id, user: page.user }))
    return { code: 'not-controller', detail: 'someone else holds the controls and has been asked for them' }
  }

  return {
    iam,
    get isOnline() {
      return connection !== null && isAnswering
    },
    get isEmpty() {
      return connection === null && pages.size === 0
    },
    get connection() {
      return connection
    },
    get isHeld() {
      return controls.holder() !== null
    },
    attach(next) {
      const old = connection
      connection = next
      order = createCommandOrder()
      isAnswering = true
      isProbeOpen = false
      lastText = ''
      heardAt = clock().getTime()
      askedAt = heardAt
      old?.close('replaced by a newer connection of the device')
      change(true)
    },
    detach(linkId) {
      if (connection?.linkId !== linkId) return
      connection = null
      if (isAnswering) {
        isAnswering = false
        change(false)
      } else tellPresence()
    },
    heard(linkId, text) {
      if (connection?.linkId !== linkId) return
      const at = clock()
      heardAt = at.getTime()
      const { message, entry, masked } = frameMessage(at, text, masker)
      const isNews = !(isProbeOpen && masked === lastText)
      isProbeOpen = false
      lastText = masked
      if (isNews) events.record(linkId, entry, at)
      if (!isAnswering) {
        isAnswering = true
        change(true)
      }
      tell(message)
      for (const listener of taps) listener(text)
    },
    join(page) {
      pages.set(page.id, page)
      tellPresence()
    },
    leave(pageId) {
      if (!pages.delete(pageId)) return
      controls.leave(pageId)
      toldHolder = controls.holder()
      tellPresence()
    },
    receive(pageId, text) {
      const page = pages.get(pageId)
      if (page === undefined) return
      if (text.length > MAX_PAGE_TEXT) {
        page.send(refusedMessage({ code: 'too-large', detail: `a message has at most ${MAX_PAGE_TEXT} characters` }))
        return
      }
      const message = readPageMessage(text)
      if ('code' in message) page.send(refusedMessage(message))
      else if (message.type === 'command') {
        const refused = operate(page, message.command)
        if (refused !== null) page.send(refusedMessage(refused, message.id))
      } else if (message.type === 'take-controls') {
        const refused = take(page, message.isForced)
        if (refused === null) tellIfMoved()
        else page.send(refusedMessage(refused))
      } else {
        controls.release(pageId)
        tellIfMoved()
      }
    },
    tick() {
      if (connection === null) return
      const now = clock().getTime()
      const isUnanswered = askedAt > heardAt
      const patienceMs = isProbeOpen ? ANSWER_WITHIN_MS : DONE_WITHIN_MS
      if (isUnanswered && isAnswering && now - askedAt >= patienceMs) {
        isAnswering = false
        change(false)
      }
      if (now - Math.max(heardAt, askedAt) < (isUnanswered ? DONE_WITHIN_MS : ASK_AFTER_MS)) return
      isProbeOpen = true
      askedAt = now
      connection.send(PROBE)
    },
    hold() {
      if (!controls.claim(UPGRADE)) return null
      tellIfMoved()
      return () => {
        controls.release(UPGRADE)
        tellIfMoved()
      }
    },
    command: (command) => transmit(command, UPGRADE) === null,
    tap(listener) {
      taps.add(listener)
      return () => void taps.delete(listener)
    },
  }
}
