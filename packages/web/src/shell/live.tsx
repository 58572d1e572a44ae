import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef } from 'react'
import { useFleet, type LiveFleet } from '../fleet/use-fleet.ts'
import { keepLastKnown, type LastKnown } from '../offline/last-known.ts'
import { SessionContext } from '../session/use-session.tsx'

/** Lists are reloaded at most this often. */
const NEWS_MS = 1000

const Context = createContext<LiveFleet | null>(null)

/** The page's single live connection, which all screens use. */
export function LiveProvider(props: { readonly onLoggedOut: () => void; readonly children: ReactNode }) {
  const session = use(SessionContext)
  const live = useFleet(session?.user.id ?? 0, props.onLoggedOut, useNews())
  const { fleet, readAt } = live
  useEffect(() => {
    if (session !== null && fleet !== null && readAt !== null) keepLastKnown({ session, fleet, readAt })
    // Once per load is enough: little changes between two, and storing 10,000 devices is slow.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, readAt])
  return <Context value={live}>{props.children}</Context>
}

/** Takes its place off-line: the fleet as this machine last saw it. */
export function LastKnownProvider(props: {
  readonly known: LastKnown
  readonly onRetry: () => void
  readonly children: ReactNode
}) {
  const { known, onRetry } = props
  const live = useMemo(
    (): LiveFleet => ({
      fleet: known.fleet,
      readAt: known.readAt,
      error: null,
      clockOffsetMs: 0,
      connection: 'reconnecting',
      connectionSince: known.readAt,
      lastReporter: null,
      refresh: onRetry,
    }),
    [known, onRetry],
  )
  return <Context value={live}>{props.children}</Context>
}

/** The fleet as last known, and the state of the connection. */
export function useLive(): LiveFleet {
  const live = use(Context)
  if (live === null) throw new Error('The live fleet is used outside of its provider.')
  return live
}

/** Reloads message lists soon after the first of a burst. */
function useNews(): () => void {
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  return useCallback(() => {
    if (timer.current !== null) return
    timer.current = setTimeout(() => {
      timer.current = null
      for (const kind of ['inbound', 'outbound', 'commands', 'modems'])
        void queries.invalidateQueries({ queryKey: [kind] })
    }, NEWS_MS)
  }, [queries])
}
