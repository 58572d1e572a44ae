import type { Log } from '@paikea/delivery'

const ignore = (): void => undefined

/** A log for tests that look elsewhere. */
export const silentLog: Log = { info: ignore, warn: ignore, error: ignore }
