import type { ServerResponse } from 'node:http'
import { HELLO_BYTES, IMEI, sendHello } from '../../test/clients.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { freeAddress, listenerOf, withServer } from '../../test/ports.ts'
import { createFakeService } from '../testing/mod.ts'
import { RockBlockClient } from './rockblock-client.ts'

/** With the runtime's own `fetch`: these are the errors that `network-fault.ts` has to tell apart. */
function clientAt(url: string, timeoutMs = 5000): RockBlockClient {
  return new RockBlockClient({ username: 'user', password: 'password', url, timeoutMs })
}

describe('sending over a real connection', () => {
  it('delivers the message, returns its id, and confirms the credentials', async () => {
    const service = createFakeService()
    await withServer(listenerOf(service), async (url) => {
      equal(await sendHello(clientAt(url)), { outcome: 'sent', id: '1' })
      includes(service.sent[0], { imei: IMEI, data: HELLO_BYTES })
      equal(await clientAt(url).checkCredentials(), { credentials: 'right' })
    })
  })

  it('reports try-later for a refused connection', async () => {
    includes(await sendHello(clientAt(await freeAddress())), { outcome: 'try-later', reason: 'not-connected' })
  })

  it('reports try-later for a host name that does not exist', async () => {
    includes(await sendHello(clientAt('http://rockblock.invalid')), { outcome: 'try-later', reason: 'not-connected' })
  })

  it('reports unknown for a connection lost after the vendor took the message', async () => {
    const service = createFakeService()
    service.setFault('reset-after-accept', { count: 1 })
    await withServer(listenerOf(service), async (url) => {
      includes(await sendHello(clientAt(url)), { outcome: 'unknown', reason: 'connection-lost' })
      equal(service.sent.length, 1)
    })
  })

  it('reports unknown for an answer cut off in the middle', async () => {
    const listener = (_request: unknown, response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('OK,1', () => response.destroy())
    }
    await withServer(listener, async (url) => {
      includes(await sendHello(clientAt(url)), { outcome: 'unknown', reason: 'connection-lost' })
    })
  })

  it('reports unknown when no answer comes within the time-out', async () => {
    const service = createFakeService()
    service.setFault('timeout', { count: 1 })
    await withServer(listenerOf(service), async (url) => {
      equal(await sendHello(clientAt(url, 100)), { outcome: 'unknown', reason: 'timeout', detail: 'timeout' })
      equal(service.sent.length, 1)
    })
  })

  it('reports a redirect as a wrong address, without following it', async () => {
    let followed = 0
    const elsewhere = (_request: unknown, response: ServerResponse): void => {
      followed++
      response.end('OK,1')
    }
    await withServer(elsewhere, async (target) => {
      const redirect = (_request: unknown, response: ServerResponse): void => {
        response.writeHead(307, { location: target }).end()
      }
      await withServer(redirect, async (url) => {
        includes(await sendHello(clientAt(url)), { outcome: 'rejected', reason: 'wrong-address' })
      })
    })
    equal(followed, 0)
  })

  it('reports try-later for a server that does not speak TLS', async () => {
    await withServer(
      (_request, response) => response.end('OK,1'),
      async (url) => {
        const client = clientAt(url.replace('http:', 'https:'))
        includes(await sendHello(client), { outcome: 'try-later', reason: 'not-connected' })
      },
    )
  })
})
