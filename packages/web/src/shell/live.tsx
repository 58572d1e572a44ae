import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef } from 'react'
import { useFleet, type LiveFleet } from '../fleet/use-fleet.ts'
import { keepLastKnown, type LastKnown } from '../offline/last-known.ts'
import { SessionContext } from '../session/use-session.tsx'

/** However much comes in, lists are not read again more often. */
const NEWS_MS = 1000

const Context = createContext<LiveFleet | null>(null)

/** The one live connection of the page; all screens stand on it. */
export function LiveProvider(props: { readonly onLoggedOut: () => void; readonly children: ReactNode }) {
  const session = use(SessionContext)
  const live = useFleet(session?.user.id ?? 0, props.onLoggedOut, useNews())
  const { fleet, readAt } = live
  useEffect(() => {
    if (session !== null && fleet !== null && readAt !== null) keepLastKnown({ session, fleet, readAt })
    // Once a reading is enough: between two of them little happens, and storing 10,000 devices takes its time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, readAt])
  return <Context value={live}>{props.children}</Context>
}

/** In its place without a network: the fleet as this machine saw it last. */
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

/** The fleet as it is known now, and how the connection stands. */
export function useLive(): LiveFleet {
  const live = use(Context)
  if (live === null) throw new Error('The live fleet is used outside of its provider.')
  return live
}

/** Has lists of messages read again, soon after the first of many that came. */
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
