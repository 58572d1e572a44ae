import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { callApi } from '../api/call-api.ts'

const REREAD_MS = 15_000
const MOST = 100

/** Words for alerts on a device that its own state does not show. */
const DEVICE_WORDS: Readonly<Record<string, string>> = {
  // By the limit of the device's group.
  'battery-low': 'low battery',
  'position-implausible': 'newest position not trusted',
  'left-watch-circle': 'left its watch circle',
  'came-ashore': 'on shore',
}

/** The open alerts. */
export function useOpenAlerts() {
  return useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) => callApi('GET /v1/alerts', { query: { state: 'open', limit: MOST }, signal }),
    refetchInterval: REREAD_MS,
  })
}

/** Words for a device's open alerts, by its name. */
export type AlertsOf = (iam: string) => readonly string[]

/** Looks up a device's open alerts; none until they are loaded. */
export function useAlertsOf(): AlertsOf {
  const { data } = useOpenAlerts()
  const found = useMemo(() => {
    const words = new Map<string, readonly string[]>()
    for (const { iam, kind } of data?.items ?? []) {
      const word = DEVICE_WORDS[kind]
      if (iam !== null && word !== undefined) words.set(iam, [...(words.get(iam) ?? []), word])
    }
    return words
  }, [data])
  return useCallback((iam) => found.get(iam) ?? [], [found])
}
