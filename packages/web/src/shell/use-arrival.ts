import { useEffect, useRef } from 'react'

/**
 * Begins each page at its top, with the keyboard in its content, as a page of its own would; back and forward stay where
 * the browser puts them.
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
