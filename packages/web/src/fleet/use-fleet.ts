import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { ConnectionState } from '../api/event-stream.ts'
import { connectLive, type LiveListener } from '../api/live-events.ts'
import { callApi } from '../api/call-api.ts'
import { isLoggedOut } from '../api/fetch-or-throw.ts'
import { createFleetStore, type FleetState } from './fleet-store.ts'

/** The fleet, live, and how the connection stands. */
export interface LiveFleet extends FleetState {
  readonly connection: ConnectionState
  /** Since when the connection is in this state, by the clock of this machine. */
  readonly connectionSince: number
  /** Name of the device that reported last, for who listens instead of looking. */
  readonly lastReporter: string | null
  readonly refresh: () => void
}

/** Nobody tells that a device has fallen silent: that shows only when the fleet is read again. */
const REREAD_MS = 60_000
/** What could not be read is read again soon. */
const RETRY_MS = 5_000
/** When a device's next report is due is known only to the service: after its first one it is asked. */
const SOON_MS = 3_000
/** What comes in a burst is drawn together: a fleet that has waited reports by the hundred. */
const GATHER_MS = 100

/**
 * Keeps a fleet in step with the service for as long as the page shows it.
 *
 * @param onNews messages came or went; has to be the same at every call
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
