import { GateFullError } from '@paikea/operations'

/** Builds dear answers for many who ask for the same. */
export interface SharedAnswers<T> {
  /**
   * The answer for this key, begun after the call: it shows all that was there when the caller asked. Whoever asks while
   * one is being built shares the next one.
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
}

interface Build<T> {
  readonly key: string
  readonly run: (signal: AbortSignal) => Promise<T>
  readonly stop: AbortController
  readonly answer: Promise<T>
  readonly resolve: (answer: Promise<T>) => void
  waiters: number
}

/** Builds it. */
export function createSharedAnswers<T>({ concurrency, maxWaiting }: SharedAnswersOptions): SharedAnswers<T> {
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
      const answer = build.run(build.stop.signal)
      build.resolve(answer)
      const end = (): void => {
        running.delete(build.key)
        pump()
      }
      answer.then(end, end)
    }
  }

  function enqueue(key: string, run: Build<T>['run']): Build<T> {
    const { promise, resolve } = withResolve<T>()
    const build = { key, run, stop: new AbortController(), answer: promise, resolve, waiters: 0 }
    queue.set(key, build)
    return build
  }

  function leave(build: Build<T>): void {
    waiting -= 1
    build.waiters -= 1
    if (build.waiters > 0) return
    if (queue.get(build.key) === build) queue.delete(build.key)
    else build.stop.abort(new Error('Nobody waits for this any more.'))
  }

  return {
    async get(key, run, signal) {
      signal.throwIfAborted()
      if (waiting >= maxWaiting) throw new GateFullError('Too many callers are waiting.')
      const build = queue.get(key) ?? enqueue(key, run)
      build.waiters += 1
      waiting += 1
      pump()
      try {
        return await untilAborted(build.answer, signal)
      } finally {
        leave(build)
      }
    },
  }
}

function withResolve<T>(): Pick<Build<T>, 'resolve'> & { readonly promise: Promise<T> } {
  let resolve: Build<T>['resolve'] = () => undefined
  const promise = new Promise<T>((settle) => (resolve = settle))
  // All who waited may have left by the time it fails.
  promise.catch(() => undefined)
  return { promise, resolve }
}

function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('The caller left.'))
    signal.addEventListener('abort', leave, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
