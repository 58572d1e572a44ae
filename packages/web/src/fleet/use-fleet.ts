import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { ConnectionState } from '../api/event-stream.ts'
import { connectLive, type LiveListener } from '../api/live-events.ts'
import { callApi } from '../api/call-api.ts'
import { isLoggedOut } from '../api/fetch-or-throw.ts'
import { createFleetStore, type FleetState } from './fleet-store.ts'

/** The live fleet, and the state of the connection. */
export interface LiveFleet extends FleetState {
  readonly connection: ConnectionState
  /** When the connection entered this state, by this machine's clock. */
  readonly connectionSince: number
  /** Name of the device that reported last, for screen readers. */
  readonly lastReporter: string | null
  readonly refresh: () => void
}

/** No event announces that a device has fallen silent: only a reload shows it. */
const REREAD_MS = 60_000
/** How soon to retry a failed load. */
const RETRY_MS = 5_000
/** Only the service knows when a device's next report is due: ask it after the device's first one. */
const SOON_MS = 3_000
/** Bursts are batched: a fleet that was held up reports by the hundred. */
const GATHER_MS = 100

/**
 * Keeps a fleet in step with the service while the page shows it.
 *
 * @param onNews called when messages came or went; must be a stable function
 */
export function useFleet(userId: number, onLoggedOut: () => void, onNews: () => void): LiveFleet {
  const store = useMemo(() => createFleetStore(() => callApi('GET /v1/fleet', {})), [])
  const [connection, setConnection] = useState<ConnectionState>('connecting')
  const [connectionSince, setConnectionSince] = useState(() => Date.now())
  const [lastReporter, setLastReporter] = useState<string | null>(null)
  const reporter = useRef<string | null>(null)
  const subscribe = useCallback(
    (listener: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      let toldAt = -GATHER_MS
      const tell = (): void => {
        timer = undefined
        toldAt = performance.now()
        setLastReporter(reporter.current)
        listener()
      }
      const stop = store.subscribe(() => {
        if (timer !== undefined) return
        const waitMs = toldAt + GATHER_MS - performance.now()
        if (waitMs <= 0) tell()
        else timer = setTimeout(tell, waitMs)
      })
      return () => {
        clearTimeout(timer)
        stop()
      }
    },
    [store],
  )
  const state = useSyncExternalStore(subscribe, store.get)

  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined
    const askSoon = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined
        void store.refresh()
      }, SOON_MS)
    }
    const listener: LiveListener = {
      onState: (next) => {
        setConnection((before) => {
          if (before !== next) setConnectionSince(Date.now())
          return next
        })
      },
      onResync: () => void store.refresh(),
      onMessage: (message) => {
        store.onMessage(message)
        onNews()
      },
      onDelivery: onNews,
      onReport: (report) => {
        if (report.iam !== null) reporter.current = report.iam
        store.onReport(report)
        if ((report.intervalMinutes ?? 0) > 0 && hasNoSchedule(store.get(), report.iam)) askSoon()
      },
      onLoggedOut,
    }
    const live = connectLive(listener, userId)
    void store.refresh()
    const timer = setInterval(() => void store.refresh(), REREAD_MS)
    return () => {
      clearInterval(timer)
      clearTimeout(soon)
      live.close()
    }
  }, [store, userId, onLoggedOut, onNews])

  useEffect(() => {
    if (isLoggedOut(state.error)) onLoggedOut()
  }, [state.error, onLoggedOut])

  useEffect(() => {
    if (state.error === null) return
    const timer = setTimeout(() => void store.refresh(), RETRY_MS)
    return () => clearTimeout(timer)
  }, [state.error, store])

  return { ...state, connection, connectionSince, lastReporter, refresh: () => void store.refresh() }
}

function hasNoSchedule({ fleet }: FleetState, iam: string | null): boolean {
  return fleet?.items.find((device) => device.iam === iam)?.nextExpected === null
}
