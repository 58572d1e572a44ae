import { WriteLookError } from '../connection/errors.ts'
import { createWriteLook } from './write-look.ts'

/** An attempt that ends when it is told to. */
function attempts() {
  const made: { readonly succeed: () => void; readonly fail: (error: Error) => void; readonly signal: AbortSignal }[] =
    []
  const attempt = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => made.push({ succeed: resolve, fail: reject, signal }))
  return { made, attempt }
}

describe('createWriteLook()', () => {
  it('shares one attempt among concurrent callers, and starts another for the next call', async () => {
    const { made, attempt } = attempts()
    const writeLook = createWriteLook(attempt)
    const asked = [writeLook.look(), writeLook.look()]
    expect(made).toHaveLength(1)
    made[0]?.succeed()
    await Promise.all(asked)
    const next = writeLook.look()
    expect(made).toHaveLength(2)
    made[1]?.fail(new Error('disk is full'))
    await expect(next).rejects.toThrow('disk is full')
  })

  it('accepts a write that gets through meanwhile as the answer, and aborts the attempt', async () => {
    const { made, attempt } = attempts()
    const writeLook = createWriteLook(attempt)
    writeLook.wasWritten()
    const asked = writeLook.look()
    expect(made).toHaveLength(1)
    writeLook.wasWritten()
    await asked
    expect(made[0]?.signal.aborted).toBe(true)
    expect(made[0]?.signal.reason).not.toBeInstanceOf(WriteLookError)
    // What comes of the attempt is nobody's answer any more, least of all the next one's.
    const next = writeLook.look()
    made[0]?.fail(new Error('called off'))
    made[1]?.succeed()
    await next
  })

  it('times out, and makes a new attempt on the next call', async () => {
    const { made, attempt } = attempts()
    const writeLook = createWriteLook(attempt, 20)
    await expect(writeLook.look()).rejects.toThrow(WriteLookError)
    expect(made[0]?.signal.reason).toBeInstanceOf(WriteLookError)
    const next = writeLook.look()
    made[1]?.succeed()
    await next
  })
})
