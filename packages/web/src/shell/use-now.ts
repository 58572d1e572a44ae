import { useEffect, useReducer } from 'react'

/**
 * The current time, updated every second so that ages tick. Read at each render: data that has just arrived is never
 * older than now, however long the browser delays a hidden page's timer.
 */
export function useNow(): number {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 1000)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [])
  return Date.now()
}
