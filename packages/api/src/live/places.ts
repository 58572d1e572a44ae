/** Open streams per account, including its tokens; more means a page that failed to close them. */
const MAX_STREAMS_OF_ONE = 30

/** Bounds how many streams one account holds open. */
export interface StreamPlaces {
  /** @returns a function that frees the place, idempotent; `null` if all are taken */
  take(holder: string): (() => void) | null
}

/** Creates the counter. */
export function createStreamPlaces(limit = MAX_STREAMS_OF_ONE): StreamPlaces {
  const takenBy = new Map<string, number>()
  return {
    take(holder) {
      const taken = takenBy.get(holder) ?? 0
      if (taken >= limit) return null
      takenBy.set(holder, taken + 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        const left = (takenBy.get(holder) ?? 1) - 1
        if (left <= 0) takenBy.delete(holder)
        else takenBy.set(holder, left)
      }
    },
  }
}
