/** Fields of a log line. Never a URL, a body, a header or a secret. */
export type LogFields = Readonly<Record<string, unknown>>

/** The structured log that every package takes: a stable event name, then its fields. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

const ignore = (): void => undefined

/** A log that keeps nothing, for embedding and for tests that look elsewhere. */
export const SILENT_LOG: Log = { info: ignore, warn: ignore, error: ignore }
