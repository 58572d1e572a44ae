/** Describes an error for a log line: name, code and message, never the values that caused it. */
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

/** During an outage only the first error is logged with its stack; thousands more like it would flood the log. */
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
