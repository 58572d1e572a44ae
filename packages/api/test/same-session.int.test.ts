import { databaseKinds } from '@paikea/database/testing'
import { buildWebhook } from '@paikea/rockblock-client/testing'
import { deliver, formBody, hex, SECRET, startTestApi, type TestApi } from './test-api.ts'

/** A device that opens a session anew sends the same payload under the same number: that is one message. */
describe.each(databaseKinds())('a repeated session, on %s', (kind) => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi(kind)
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const data = hex('PK006;10')
  const send = async (imei: string, day: number, time: string, fields: Record<string, string | number> = {}) => {
    const body = formBody({ imei, momsn: 41, transmit_time: `26-11-${day} ${time}`, data, ...fields })
    return (await deliver(api.url, body)).body.status
  }
  const sendCloudloop = async (imei: string, id: string, minute: number) => {
    const at = { year: 2026, month: 11, day: 24, hour: 3, minute, second: 10 }
    const fields = {
      id,
      receivedAt: at,
      identity: { hardware: { imei } },
      sbd: { imei, momsn: 41, sessionAt: at, status: 'SESSION_STATUS_OK' },
      message: Buffer.from('PK006;20').toString('base64'),
    }
    const { body, contentType } = buildWebhook({ format: 'cloudloop', fields })
    return (await deliver(api.url, body, contentType, `/cloudloop/incoming/${SECRET}`)).body.status
  }
  const messagesOf = async (imei: string) =>
    (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items.map(
      ({ copies, transmitTime }: { copies: number; transmitTime: string }) => [copies, transmitTime],
    )

  it('counts as a copy when modem, MOMSN and payload match within a day', async () => {
    const imei = '300434000040001'
    expect(await send(imei, 24, '03:05:10')).toBe('accepted')
    expect(await send(imei, 24, '03:05:50')).toBe('duplicate')
    // Days late, and from before the one that is held.
    expect(await send(imei, 23, '03:05:20')).toBe('duplicate')
    expect(await messagesOf(imei)).toEqual([[2, '2026-11-24T03:05:10.000Z']])
  })

  it('counts as a new message after a day, or with another payload, MOMSN or modem', async () => {
    const imei = '300434000040002'
    await send(imei, 24, '03:05:10')
    for (const status of [
      await send(imei, 25, '03:05:11'),
      await send(imei, 24, '03:05:50', { data: hex('PK006;20') }),
      await send(imei, 24, '03:05:50', { momsn: 42 }),
      await send('300434000040003', 24, '03:05:50'),
    ])
      expect(status).toBe('accepted')
    expect(await messagesOf(imei)).toHaveLength(4)
  })

  it('counts as one message when seven Cloudloop copies with their own ids arrive at once', async () => {
    const imei = '300434000040004'
    const copies = Array.from({ length: 7 }, (_, index) =>
      sendCloudloop(imei, `6a0f0000-0000-4000-8000-00000000000${index}`, index),
    )
    const statuses = await Promise.all(copies)
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(1)
    expect((await messagesOf(imei)).map(([count]: [number]) => count)).toEqual([6])
  })
})
