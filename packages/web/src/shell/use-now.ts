import { useEffect, useReducer } from 'react'

/**
 * The time, again every second, so that ages tick. It is read at each drawing: what has just arrived is never older than
 * now, however long the browser has let the timer of a hidden page wait.
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
