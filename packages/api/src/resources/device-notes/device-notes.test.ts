import { buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('notes on a device', () => {
  let api: TestApi
  let token: string
  let notes: string
  beforeAll(async () => {
    api = await startTestApi('sqlite')
    const { id } = await buildGroup(api.db)
    const operator = await api.tokenOf(id, 'operator')
    token = await api.tokenOf(id, 'technician')
    const { iam } = (await api.call(operator, 'POST', '/v1/devices', { kind: 'buoy' })).body
    notes = `/v1/devices/${iam}/notes`
  })
  afterAll(() => api.close())

  it('are kept with author and time, listed newest first, and can be removed', async () => {
    expect((await api.call(token, 'GET', notes)).body.items).toEqual([])
    const made = await api.call(token, 'POST', notes, { text: ' New cable.\nThe key has Tāne. ' })
    expect(made).toMatchObject({
      status: 201,
      body: { text: 'New cable.\nThe key has Tāne.', createdBy: expect.stringMatching(/^token\//) },
    })
    await api.call(token, 'POST', notes, { text: '<b>Painted</b>' })
    const { items } = (await api.call(token, 'GET', notes)).body
    expect(items.map((item: { text: string }) => item.text)).toEqual([
      '<b>Painted</b>',
      'New cable.\nThe key has Tāne.',
    ])
    expect(Date.parse(items[0].createdAt)).toBeGreaterThan(Date.now() - 60_000)
    expect((await api.call(token, 'DELETE', `${notes}/${String(items[0].id)}`)).status).toBe(204)
    expect((await api.call(token, 'DELETE', `${notes}/${String(items[0].id)}`)).status).toBe(404)
    expect((await api.call(token, 'GET', notes)).body.items).toHaveLength(1)
  })

  it('are refused when blank, too long, or containing a bidi override or NUL', async () => {
    for (const text of [' ', 'x'.repeat(2001), 'a\u202eb', 'a\u0000b']) {
      expect((await api.call(token, 'POST', notes, { text })).status).toBe(422)
    }
  })
})
