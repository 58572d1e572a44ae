import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buildEndpoint, buildGroup, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { SELF_SIGNED } from '@paikea/delivery/testing'
import { createCertificateWatch } from './certificates.ts'

// The certificate of the test ends on 2126-11-05.
const LONG_BEFORE = new Date('2126-10-01T00:00:00Z')
const SHORTLY_BEFORE = new Date('2126-10-25T00:00:00Z')

describe('certificates', () => {
  let db: TestDatabase
  let server: Server
  let url: string
  let groupId: number

  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    server = createServer(SELF_SIGNED).listen(0, '127.0.0.1')
    await once(server, 'listening')
    // Listening on TCP, so it has a port.
    url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    groupId = (await buildGroup(db)).id
    await buildEndpoint(db, { groupId, config: { url: `${url}/hook` } })
  })
  afterEach(async () => {
    server.close()
    server.closeAllConnections()
    await db.drop()
  })

  async function lookAt(now: Date, options: { reach?: string[]; publicUrl?: string } = {}) {
    const { reach = ['127.0.0.0/8'], publicUrl = null } = options
    const watch = createCertificateWatch({ db, publicUrl, reach: createReach(reach) })
    expect(watch.find(now, [])).toEqual([])
    await watch.idle()
    return { watch, found: watch.find(now, []) }
  }

  it('of receivers and of our own address are reported 11 days before they expire, but not 35', async () => {
    expect((await lookAt(LONG_BEFORE, { publicUrl: url })).found).toEqual([])
    const { found } = await lookAt(SHORTLY_BEFORE, { publicUrl: url })
    expect(found).toMatchObject([
      { kind: 'certificate-ending', groupId, summary: expect.stringMatching(/^The certificate of the receiver /) },
      {
        kind: 'certificate-ending',
        groupId: null,
        summary: expect.stringMatching(/our own address .* ends 2126-11-05/),
      },
    ])
  })

  it('are never fetched from a private address', async () => {
    let connections = 0
    server.on('connection', () => (connections += 1))
    expect((await lookAt(SHORTLY_BEFORE, { reach: [] })).found).toEqual([])
    expect(connections).toBe(0)
  })

  it('stay reported after a restart, and while their server cannot be reached', async () => {
    const { watch, found } = await lookAt(SHORTLY_BEFORE)
    const [first] = found
    if (first === undefined) throw new Error('nothing was found')
    const row = { ...first, id: 1, openedAt: SHORTLY_BEFORE, endedAt: null, acknowledgedAt: null, acknowledgedBy: null }
    const restarted = createCertificateWatch({ db, publicUrl: null, reach: createReach([]) })
    expect(restarted.find(SHORTLY_BEFORE, [row])).toMatchObject([first])
    await restarted.idle()
    // Out of its reach, which is no answer either.
    expect(restarted.find(SHORTLY_BEFORE, [row])).toMatchObject([first])
    server.close()
    server.closeAllConnections()
    const later = new Date(SHORTLY_BEFORE.getTime() + 7 * 3_600_000)
    expect(watch.find(later, [row])).toHaveLength(1)
    await watch.idle()
    expect(watch.find(later, [row])).toHaveLength(1)
  })
})
