import type { Log } from '@paikea/domain'
import { Connection, type ConnectionOptions } from '@temporalio/client'
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker'

/** Temporal's address and credentials. */
export interface TemporalAddress {
  /** `host:port` */
  readonly address: string
  readonly tls?: NativeConnectionOptions['tls'] | undefined
  readonly apiKey?: string | undefined
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * Connects a worker, retrying until the server is up: when everything starts at once, it comes last.
 *
 * @throws the SDK's error, or the signal's reason once `signal` is aborted
 */
export async function connectNative(
  options: TemporalAddress & { readonly log: Log; readonly signal?: AbortSignal | undefined },
): Promise<NativeConnection> {
  const { address, tls, apiKey, log, signal } = options
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted()
    try {
      return await NativeConnection.connect({
        address,
        ...(tls === undefined ? {} : { tls }),
        ...(apiKey === undefined ? {} : { apiKey }),
      })
    } catch (error) {
      if (tries === 1 || tries % 12 === 0) log.warn('temporal.not-there', { address, tries, error: String(error) })
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), signal)
    }
  }
}

/**
 * A connection for a process without a worker: created without contacting the server, quick to notice its return, and
 * without the SDK's retries, so that deadlines hold.
 */
export function connectLazily(options: TemporalAddress): Connection {
  const { address, tls, apiKey } = options
  const lazy: ConnectionOptions = {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
  }
  return Connection.lazy(lazy)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}
