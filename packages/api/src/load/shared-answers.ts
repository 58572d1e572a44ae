import { GateFullError } from '@paikea/operations'

/** Builds dear answers for many who ask for the same. */
export interface SharedAnswers<T> {
  /**
   * The answer for this key, begun after the call: it shows all that was there when the caller asked. Whoever asks while
   * one is being built shares the next one. Where that would come too late for a caller, because building takes so long,
   * the one that was being built is given instead: it shows what was there when it was begun.
   *
   * @param build its signal says that nobody waits for the answer any more
   * @param signal the caller has left
   * @throws GateFullError when too many wait
   * @throws the signal's reason
   */
  get(key: string, build: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** Bounds of {@link createSharedAnswers}. */
export interface SharedAnswersOptions {
  /** Answers built at once. */
  readonly concurrency: number
  /** Callers who wait, over all keys. */
  readonly maxWaiting: number
  /** Who would wait longer for an answer begun after they asked gets the one before. */
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

/** Builds it. */
export function createSharedAnswers<T>({
  concurrency,
  maxWaiting,
  patienceMs,
  now = () => performance.now(),
}: SharedAnswersOptions): SharedAnswers<T> {
  /** Not begun yet, the longest waiting first; at most one for each key. */
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

  /** The next build is taken to last as long as this one did. */
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
