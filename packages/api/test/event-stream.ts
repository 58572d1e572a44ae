import { get, type ClientRequest } from 'node:http'

/** One event of a stream, as it arrived. */
export interface ReceivedEvent {
  readonly type: string
  // eslint-disable-next-line typescript/no-explicit-any -- what a test expects of it is what is being tested
  readonly data: any
}

/** An open stream of server-sent events. */
export interface EventStream {
  readonly status: number
  readonly received: readonly ReceivedEvent[]
  /** As a browser sends it when it comes back. */
  lastEventId(): string
  /** The first event, past or to come, that fits. @throws when none comes in time */
  waitFor(type: string, fits?: (data: ReceivedEvent['data']) => boolean): Promise<ReceivedEvent>
  /** Resolves when the service ends the stream. */
  readonly ended: Promise<void>
  close(): void
}

const WAIT_MS = 10_000

/** Opens a stream and resolves once it is answered. */
export function openEvents(url: string, headers: Record<string, string>): Promise<EventStream> {
  const received: ReceivedEvent[] = []
  const waiting = new Set<() => void>()
  let buffer = ''
  let lastEventId = ''
  const take = (block: string): void => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    )
    lastEventId = fields.get('id') ?? lastEventId
    const data = fields.get('data')
    if (data === undefined) return
    received.push({ type: fields.get('event') ?? 'message', data: JSON.parse(data) })
    for (const check of waiting) check()
  }
  return new Promise((resolve, reject) => {
    const request: ClientRequest = get(`${url}/v1/events`, { headers, agent: false }, (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        buffer += chunk
        for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
          take(buffer.slice(0, end))
          buffer = buffer.slice(end + 2)
        }
      })
      resolve({
        status: response.statusCode ?? 0,
        received,
        lastEventId: () => lastEventId,
        ended: new Promise((done) => response.once('close', done)),
        close: () => request.destroy(),
        waitFor: (type, fits = () => true) =>
          new Promise((found, failed) => {
            const timer = setTimeout(() => {
              waiting.delete(check)
              failed(new Error(`no ${type} came; there were: ${received.map((event) => event.type).join(', ')}`))
            }, WAIT_MS)
            const check = (): void => {
              const event = received.find((candidate) => candidate.type === type && fits(candidate.data))
              if (event === undefined) return
              clearTimeout(timer)
              waiting.delete(check)
              found(event)
            }
            waiting.add(check)
            check()
          }),
      })
    })
    request.on('error', reject)
  })
}
