import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createClockNotes, judgeClocks } from './doctor-clock.ts'

const NOW = new Date('2026-11-24T12:00:00Z')

describe('the clock check of doctor', () => {
  it('reports an offset of minutes from the vendor’s clock, read during the log-in check', async () => {
    const answer = { date: '' }
    const server = createServer((_request, response) => {
      response.setHeader('Date', answer.date)
      response.end('FAILED,11,No RockBLOCK with this IMEI found on your account')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // Listening on TCP, so it has a port.
    const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const look = async (offMs: number) => {
      answer.date = new Date(NOW.getTime() - offMs).toUTCString()
      const notes = createClockNotes(() => NOW)
      const client = new RockBlockClient({
        username: 'user',
        password: 'hunter2',
        url: `http://${host}`,
        fetch: notes.fetch,
      })
      await client.checkCredentials()
      expect(notes.readings).toEqual([{ of: host, aheadMs: offMs }])
      return judgeClocks(notes.readings).map(({ verdict, detail }) => `${verdict} ${detail}`)
    }
    try {
      expect(await look(60_000)).toEqual([])
      expect(await look(300_000)).toEqual([`WRONG 300 s ahead of the clock of ${host}: turn on time synchronisation`])
      expect(await look(-3_600_000)).toEqual([`WRONG 3600 s behind the clock of ${host}: turn on time synchronisation`])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('ignores a Date header that is not a time', async () => {
    const notes = createClockNotes(
      () => NOW,
      () => Promise.resolve(new Response('', { headers: { Date: 'soon' } })),
    )
    await notes.fetch('http://vendor.example')
    expect(notes.readings).toEqual([])
  })
})
