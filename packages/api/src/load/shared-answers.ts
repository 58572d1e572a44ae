import { GateFullError } from '@paikea/operations'

/** Shares expensive answers among callers who ask for the same thing. */
export interface SharedAnswers<T> {
  /**
   * Returns an answer whose build began after the call, so that it reflects everything stored before it. Callers who
   * arrive during a build share the next one. If builds take so long that the next would come too late, a caller gets
   * the running build instead, which reflects the state at its own start.
   *
   * @param build its signal aborts when no caller is waiting any more
   * @param signal aborts when the caller has left
   * @throws GateFullError if too many callers wait
   * @throws the signal's reason
   */
  get(key: string, build: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** Bounds of {@link createSharedAnswers}. */
export interface SharedAnswersOptions {
  /** Concurrent builds. */
  readonly concurrency: number
  /** Waiting callers, over all keys. */
  readonly maxWaiting: number
  /** A caller who would wait longer than this for a fresh answer gets the running build's. */
  readonly patienceMs: number
  /** @default the process's own clock */
  readonly now?: () => number
}

interface Waiter<T> {
  readonly askedAtMs: number
  readonly resolve: (answer: T) => void
  readonly reject: (error: unknown) => void
}

interface Build<T> {
  readonly key: string
  readonly run: (signal: AbortSignal) => Promise<T>
  readonly stop: AbortController
  readonly waiters: Set<Waiter<T>>
}

/** Creates the cache. */
export function createSharedAnswers<T>({
  concurrency,
  maxWaiting,
  patienceMs,
  now = () => performance.now(),
}: SharedAnswersOptions): SharedAnswers<T> {
  /** Not started yet, longest waiting first; at most one per key. */
  const queue = new Map<string, Build<T>>()
  const running = new Map<string, Build<T>>()
  let waiting = 0

  function pump(): void {
    for (const build of queue.values()) {
      if (running.size >= concurrency) return
      if (running.has(build.key)) continue
      queue.delete(build.key)
      running.set(build.key, build)
      const begunAtMs = now()
      const end = (): void => {
        running.delete(build.key)
        pump()
      }
      build.run(build.stop.signal).then(
        (answer) => {
          for (const waiter of build.waiters) waiter.resolve(answer)
          const tookMs = now() - begunAtMs
          giveToImpatient(build.key, answer, tookMs)
          end()
        },
        (error: unknown) => {
          for (const waiter of build.waiters) waiter.reject(error)
          end()
        },
      )
    }
  }

  /** Assumes that the next build takes as long as this one did. */
  function giveToImpatient(key: string, answer: T, tookMs: number): void {
    const next = queue.get(key)
    if (next === undefined) return
    for (const waiter of next.waiters) {
      if (now() - waiter.askedAtMs + tookMs <= patienceMs) continue
      next.waiters.delete(waiter)
      waiter.resolve(answer)
    }
    if (next.waiters.size === 0) queue.delete(key)
  }

  function enqueue(key: string, run: Build<T>['run']): Build<T> {
    const build = { key, run, stop: new AbortController(), waiters: new Set<Waiter<T>>() }
    queue.set(key, build)
    return build
  }

  function leave(build: Build<T>, waiter: Waiter<T>): void {
    waiting -= 1
    build.waiters.delete(waiter)
    if (build.waiters.size > 0) return
    if (queue.get(build.key) === build) queue.delete(build.key)
    else build.stop.abort(new Error('Nobody is waiting for this any more.'))
  }

  return {
    async get(key, run, signal) {
      signal.throwIfAborted()
      if (waiting >= maxWaiting) throw new GateFullError('Too many callers are waiting.')
      const build = queue.get(key) ?? enqueue(key, run)
      const { promise, resolve, reject } = withResolve<T>()
      const waiter = { askedAtMs: now(), resolve, reject }
      build.waiters.add(waiter)
      waiting += 1
      pump()
      try {
        return await untilAborted(promise, signal)
      } finally {
        leave(build, waiter)
      }
    },
  }
}

function withResolve<T>(): Pick<Waiter<T>, 'resolve' | 'reject'> & { readonly promise: Promise<T> } {
  let resolve: Waiter<T>['resolve'] = () => undefined
  let reject: Waiter<T>['reject'] = () => undefined
  const promise = new Promise<T>((settle, refuse) => {
    resolve = settle
    reject = refuse
  })
  return { promise, resolve, reject }
}

function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('The caller left.'))
    signal.addEventListener('abort', leave, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
