import { createSharedAnswers } from './shared-answers.ts'

/** Builds that end when the test says so. */
function createBuilds() {
  const begun: { readonly key: string; readonly signal: AbortSignal; end(): void; fail(): void }[] = []
  return {
    begun,
    build: (key: string) => (signal: AbortSignal) => {
      const number = begun.length + 1
      return new Promise<string>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
        begun.push({ key, signal, end: () => resolve(`${key}${String(number)}`), fail: () => reject(new Error('no')) })
      })
    },
  }
}
const staying = new AbortController().signal
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('createSharedAnswers()', () => {
  it('shares a build that has not begun, never one that began before the caller asked', async () => {
    const answers = createSharedAnswers<string>({ concurrency: 2, maxWaiting: 10, patienceMs: 60_000 })
    const { begun, build } = createBuilds()
    const first = answers.get('a', build('a'), staying)
    const second = answers.get('a', build('a'), staying)
    const third = answers.get('a', build('a'), staying)
    expect(begun).toHaveLength(1)
    begun[0]?.end()
    expect(await first).toBe('a1')
    await turn()
    expect(begun).toHaveLength(2)
    begun[1]?.end()
    expect(await Promise.all([second, third])).toEqual(['a2', 'a2'])
  })

  it('builds a limited number of keys at once and the rest in turn, even after a failure', async () => {
    const answers = createSharedAnswers<string>({ concurrency: 2, maxWaiting: 10, patienceMs: 60_000 })
    const { begun, build } = createBuilds()
    const all = ['a', 'b', 'c'].map((key) => answers.get(key, build(key), staying))
    expect(begun.map(({ key }) => key)).toEqual(['a', 'b'])
    begun[0]?.fail()
    expect((await Promise.allSettled(all.slice(0, 1))).map(({ status }) => status)).toEqual(['rejected'])
    await turn()
    expect(begun.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    begun[1]?.end()
    begun[2]?.end()
    expect(await Promise.all(all.slice(1))).toEqual(['b2', 'c3'])
  })

  it('rejects a caller beyond the limit immediately', async () => {
    const answers = createSharedAnswers<string>({ concurrency: 1, maxWaiting: 2, patienceMs: 60_000 })
    const { begun, build } = createBuilds()
    const all = [answers.get('a', build('a'), staying), answers.get('b', build('b'), staying)]
    await expect(answers.get('c', build('c'), staying)).rejects.toMatchObject({ name: 'GateFullError' })
    begun[0]?.end()
    await all[0]
    const next = answers.get('c', build('c'), staying)
    begun[1]?.end()
    await all[1]
    await turn()
    begun[2]?.end()
    expect(await next).toBe('c3')
  })

  it('aborts a build that has lost its caller, and never begins one without any', async () => {
    const answers = createSharedAnswers<string>({ concurrency: 1, maxWaiting: 10, patienceMs: 60_000 })
    const { begun, build } = createBuilds()
    const leaving = new AbortController()
    const other = new AbortController()
    const left = [leaving, other].map(({ signal }) => answers.get('a', build('a'), signal))
    const never = answers.get('b', build('b'), leaving.signal)
    leaving.abort()
    const gone = await Promise.allSettled([left[0], never])
    expect(gone.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    // The second caller waits for an answer of its own.
    await turn()
    expect(begun.map(({ key, signal }) => [key, signal.aborted])).toEqual([
      ['a', true],
      ['a', false],
    ])
    other.abort()
    expect((await Promise.allSettled([left[1]])).map(({ status }) => status)).toEqual(['rejected'])
    expect(begun.at(-1)?.signal.aborted).toBe(true)
  })

  it('hands a slow answer to callers who cannot wait for the next build, and the next one to the rest', async () => {
    let now = 0
    const answers = createSharedAnswers<string>({
      concurrency: 1,
      maxWaiting: 10,
      patienceMs: 10_000,
      now: () => now,
    })
    const { begun, build } = createBuilds()
    const ask = (): Promise<string> => answers.get('a', build('a'), staying)
    const first = ask()
    now = 2_000
    const early = ask()
    now = 5_500
    const late = ask()
    now = 8_000
    begun[0]?.end()
    expect(await Promise.all([first, early, late])).toEqual(['a1', 'a1', 'a1'])
    await turn()
    // Nobody waits for a second one.
    expect(begun).toHaveLength(1)
    const again = ask()
    now = 10_000
    const impatient = ask()
    now = 13_000
    const patient = ask()
    now = 15_000
    begun[1]?.end()
    expect(await Promise.all([again, impatient])).toEqual(['a2', 'a2'])
    await turn()
    begun[2]?.end()
    expect(await patient).toBe('a3')
  })
})
