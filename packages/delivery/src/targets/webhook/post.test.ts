import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { startReceiver, type Behaviour, type Receiver } from '../../testing/receiver.ts'
import { createPost, PostError, type PostAnswer } from './post.ts'
import { createReach } from './reach.ts'
import { SELF_SIGNED } from '../../testing/self-signed.ts'

const here = createReach(['127.0.0.0/8'])
const body = Buffer.from('{}')

describe('createPost()', () => {
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
  })
  afterEach(() => receiver.close())

  const outcomeOf = async (behaviour: Behaviour): Promise<PostAnswer | string> => {
    receiver.behave(behaviour)
    const post = createPost({ reach: here, timeoutMs: 400 })
    return post(new URL(receiver.url), body, { 'content-type': 'application/json' }).catch((error: unknown) =>
      error instanceof PostError ? `${error.reached}: ${error.reason}` : String(error),
    )
  }

  it('sends the bytes, and returns status, retry advice and the beginning of the body', async () => {
    const answer = await outcomeOf({ answer: 429, headers: { 'retry-after': '7' }, body: 'slow down' })
    expect(answer).toEqual({ status: 429, retryAfter: '7', text: 'slow down' })
    expect(receiver.requests).toMatchObject([{ body: '{}', headers: { 'content-length': '2' } }])
  })

  it('does not follow a redirect', async () => {
    const elsewhere = { location: 'http://127.0.0.1:1/' }
    expect(await outcomeOf({ answer: 302, headers: elsewhere })).toMatchObject({ status: 302 })
    expect(receiver.requests).toHaveLength(1)
  })

  it('times out waiting for an answer, and reports that the request may have arrived', async () => {
    expect(await outcomeOf('hang')).toBe('may-have-arrived: timeout')
    expect(await outcomeOf('drip')).toBe('may-have-arrived: timeout')
  })

  it('reports a reset connection as may-have-arrived', async () => {
    expect(await outcomeOf('reset')).toBe('may-have-arrived: econnreset')
  })

  it('goes by the status if the answer stalls midway or never ends', async () => {
    expect(await outcomeOf('hang-in-answer')).toMatchObject({ status: 200, text: 'the beginning' })
    const { text, ...rest } = Object(await outcomeOf('flood')) as PostAnswer
    expect(rest).toEqual({ status: 200, retryAfter: null })
    expect(text).toHaveLength(4_096)
  })

  it('reports never-sent for a refused connection, an unknown name and an address out of reach', async () => {
    const post = createPost({ reach: here, timeoutMs: 2_000 })
    const strict = createPost({ reach: createReach([]), timeoutMs: 2_000 })
    const fail = (send: typeof post, url: string) =>
      send(new URL(url), body, {}).then(
        () => 'answered',
        (error: PostError) => `${error.reached}: ${error.reason}`,
      )
    await receiver.close()
    expect(await fail(post, receiver.url)).toBe('never-sent: econnrefused')
    expect(await fail(post, 'https://no-such-host.invalid/')).toMatch(/^never-sent: (enotfound|eai-again)$/)
    expect(await fail(strict, 'https://127.0.0.1/')).toBe('never-sent: out-of-reach')
    expect(await fail(strict, 'https://localhost/')).toBe('never-sent: out-of-reach')
    receiver = await startReceiver()
  })

  it('sends nothing to a server with an untrusted certificate', async () => {
    const requests: unknown[] = []
    const server = createServer(SELF_SIGNED, (request, response) => {
      requests.push(request.url)
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const post = createPost({ reach: here, timeoutMs: 2_000 })
    const failure = post(new URL(`https://127.0.0.1:${port}/`), body, {})
    await expect(failure).rejects.toMatchObject({
      reached: 'never-sent',
      reason: expect.stringContaining('self-signed'),
    })
    expect(requests).toEqual([])
    server.close()
  })

  it('reuses its connection, and repeats a request sent into a closing one', async () => {
    const post = createPost({ reach: here, timeoutMs: 2_000 })
    const send = async () => {
      // A connection is free again a moment after its answer.
      await new Promise((resolve) => setImmediate(resolve))
      return post(new URL(receiver.url), body, {})
    }
    await send()
    await send()
    expect(receiver.connections).toBe(1)
    receiver.behaveOnce('reset')
    // The third goes over the connection of the first two, is cut off, and goes once more.
    expect(await send()).toMatchObject({ status: 204 })
    expect(receiver.requests).toHaveLength(4)
  })
})
