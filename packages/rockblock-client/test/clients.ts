/** Clients and shortcuts for the tests of the sending side. */
import { RockBlockClient, type RockBlockClientOptions, type SendResult } from '../src/mod.ts'
import type { FakeService } from '../src/testing/mod.ts'

export const IMEI = '300234010753370'
export const HELLO_BYTES: Uint8Array = new TextEncoder().encode('Hello')

/** Unmistakable in any output it should not be in. */
export const USERNAME = 'operator@example.org'
export const PASSWORD = 'p4ss/wörd+&=%'

export function clientOf(service: FakeService, options: Partial<RockBlockClientOptions> = {}): RockBlockClient {
  return new RockBlockClient({
    username: 'user',
    password: 'password',
    fetch: service.fetch,
    timeoutMs: 50,
    ...options,
  })
}

export function sendHello(client: RockBlockClient): Promise<SendResult> {
  return client.sendMt({ imei: IMEI, data: HELLO_BYTES })
}

/** A `fetch` that answers each request the same and remembers what it was asked. */
export function answering(respond: () => Response): { readonly fetch: typeof fetch; readonly requests: Request[] } {
  const requests: Request[] = []
  return {
    requests,
    fetch: async (input, init) => {
      requests.push(new Request(input, init))
      return respond()
    },
  }
}
