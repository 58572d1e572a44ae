import type { GroupScope } from '@paikea/database'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openEvents } from '../../../test/event-stream.ts'
import { createLiveHub } from '../../live/hub.ts'
import { openStream } from './stream.ts'

describe('openStream()', () => {
  it('rechecks access on each heartbeat, follows a change of groups, and ends at log-out', async () => {
    const hub = createLiveHub()
    const answers: (GroupScope | null)[] = [{ groupIds: [2] }, null]
    const server = createServer((_req, res) => {
      const renew = async () => answers.shift() ?? null
      openStream({ hub, res, scope: { groupIds: [1] }, renew, missed: null, heartbeatMs: 50 })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const stream = await openEvents(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, {})
    await stream.waitFor('hello')
    hub.publish({ type: 'report', groupId: 1, key: 'a', data: { of: 1 } })
    hub.publish({ type: 'report', groupId: 2, key: 'b', data: { of: 'not yet' } })
    await stream.waitFor('here')
    while (answers.length > 1) await new Promise((resolve) => setImmediate(resolve))
    hub.publish({ type: 'report', groupId: 2, key: 'c', data: { of: 2 } })
    await stream.waitFor('logged-out')
    await stream.ended
    expect(stream.received.filter(({ type }) => type === 'report').map(({ data }) => data.of)).toEqual([1, 2])
    expect(hub.watcherCount()).toBe(0)
    server.close()
  })
})
