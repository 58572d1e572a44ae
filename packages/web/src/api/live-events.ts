import type { MessageEventData, ReportEventData } from '@paikea/api/contract'
import { type ConnectionState, type LiveSignal, type LiveStream, openStream } from './event-stream.ts'
import { canShareStream, shareStream } from './shared-stream.ts'

/** Receives the connection's events. */
export interface LiveListener {
  onState(state: ConnectionState): void
  /** After every connect and whenever events may have been missed: reload what is shown. */
  onResync(): void
  onMessage(message: MessageEventData): void
  onReport(report: ReportEventData): void
  /** The state of an outbound message has changed. */
  onDelivery(): void
  onLoggedOut(): void
}

/**
 * Connects the page to live events, until `close()`: through the stream shared by the browser's tabs, or its own if
 * they cannot share.
 *
 * @param userId tabs of different users share nothing
 */
export function connectLive(listener: LiveListener, userId: number): LiveStream {
  const tell = (signal: LiveSignal): void => {
    switch (signal.kind) {
      case 'state':
        return listener.onState(signal.state)
      case 'resync':
        return listener.onResync()
      case 'message':
        return listener.onMessage(signal.data)
      case 'report':
        return listener.onReport(signal.data)
      case 'delivery':
        return listener.onDelivery()
      case 'logged-out':
        return listener.onLoggedOut()
      case 'here':
        return
    }
  }
  return canShareStream() ? shareStream(`paikea-live-1/${String(userId)}`, tell) : openOwn(tell)
}

/** A stream that closes as soon as the page is left, and reopens when it is shown again. */
function openOwn(tell: (signal: LiveSignal) => void): LiveStream {
  let stream: LiveStream | null = openStream(tell)
  const leave = (): void => {
    stream?.close()
    stream = null
  }
  const comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) stream ??= openStream(tell)
  }
  window.addEventListener('pagehide', leave)
  window.addEventListener('pageshow', comeBack)
  return {
    close() {
      leave()
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('pageshow', comeBack)
    },
  }
}
