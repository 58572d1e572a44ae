import { Agent, get } from 'node:http'

/** A response whose body was read and discarded. */
export interface TimedAnswer {
  readonly status: number
  readonly ms: number
  readonly bytes: number
}

/** Requests on its own connection, as separate users would. */
export function timedGet(url: string, token: string): Promise<TimedAnswer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began, bytes }))
      response.on('error', reject)
    }).on('error', reject)
  })
}
