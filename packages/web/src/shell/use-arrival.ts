import { useEffect, useRef } from 'react'

/**
 * Starts each screen at the top, with focus in its content, as a page load would; back and forward keep the browser's
 * scroll position.
 */
export function useArrival(path: string, title: string): void {
  const isFirst = useRef(true)
  const isReturn = useRef(false)
  useEffect(() => {
    const note = (): void => {
      isReturn.current = true
    }
    window.addEventListener('popstate', note)
    return () => window.removeEventListener('popstate', note)
  }, [])
  useEffect(() => {
    document.title = `${title} – Paikea`
  }, [title])
  useEffect(() => {
    const stays = isFirst.current || isReturn.current
    isFirst.current = false
    isReturn.current = false
    if (stays) return
    window.scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [path])
}
