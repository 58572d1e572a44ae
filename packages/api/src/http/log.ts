/** An error's own words for a log line: name, code and message, never the values that led to it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const { code } = error as { code?: unknown }
  return {
    error: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}

/** Of an outage the first error tells where from; the stacks of thousands like it would only fill the log. */
export function createOutageWords() {
  let isKnown = false
  return {
    describe(error: unknown): Record<string, unknown> {
      const { stack, ...words } = describeError(error)
      const isFirst = !isKnown && stack !== undefined
      isKnown = true
      return isFirst ? { ...words, stack } : words
    },
    isOver() {
      isKnown = false
    },
  }
}
