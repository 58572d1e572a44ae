import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listInbound } from '@paikea/database'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { importPortal } from './import-portal.ts'

const IMEI = '300434060700000'
const hexOf = (minute: number): string =>
  Buffer.from(`PK001;lat:3749.5074,NS:N,lon:12216.60${minute},EW:W,utc:00${minute}00,sta:00,batt:4.7`).toString('hex')

describe('importPortal()', () => {
  let db: TestDatabase
  let folder: string
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    folder = await mkdtemp(join(tmpdir(), 'paikea-portal-'))
    // The webhook brought this one already.
    const fields = { imei: IMEI, momsn: '10', transmit_time: '22-06-01 00:10:30', data: hexOf(10) }
    await createIntake({ db }).accept({
      format: 'rockblock',
      contentType: 'application/x-www-form-urlencoded',
      sourceAddress: null,
      hasSecret: true,
      body: Buffer.from(new URLSearchParams(fields).toString()),
      receivedAt: new Date(),
    })
  })
  afterAll(async () => {
    await db.drop()
    await rm(folder, { recursive: true })
  })

  const take = async (text: string, owner: string | null = null) => {
    const file = join(folder, 'export.csv')
    await writeFile(file, text)
    return importPortal(db, { file, imei: owner })
  }
  const stored = async () => {
    const rows = await listInbound(db, { scope: { all: true }, filter: {}, limit: 50, afterId: null })
    return rows
      .map(({ momsn, transmitTime, state, copies }) => [momsn, transmitTime?.toISOString(), state, copies])
      .sort(([, a], [, b]) => String(a).localeCompare(String(b)))
  }
  const webhook = [10, '2022-06-01T00:10:30.000Z', 'accepted', 0]

  it('imports the new MO messages of a RockBLOCK portal export, and reports the records it skips', async () => {
    const text = [
      '"Date Time (UTC)","Device","Direction","Payload","Approx Lat/Lng","Payload (Text)","Length (Bytes)","Credits"',
      `"01/Jun/2022 00:10:30","Buoy, the ""first""","MO","${hexOf(10)}","37.1,-122.2","PK001","70","2"`,
      `"01/Jun/2022 00:20:30","Buoy","MO","${hexOf(20)}","37.1,-122.2","PK001","70","2"`,
      `"01/Jun/2022 00:21:00","Buoy","MT","4f4b","37.1,-122.2","OK","2","1"`,
      `"01/06/2022 00:30:30","Buoy","MO","${hexOf(30)}","37.1,-122.2","PK001","70","2"`,
    ].join('\r\n')
    const report = await take(text, IMEI)
    expect(report.messages).toEqual({ read: 2, stored: 1, copies: 1, quarantined: 0 })
    expect(report.notTaken).toEqual([
      'record 4: was sent to the modem',
      'record 5: "01/06/2022 00:30:30" is not an unambiguous time',
    ])
    const both = [webhook, [null, '2022-06-01T00:20:30.000Z', 'processed', 0]]
    expect(await stored()).toEqual(both)
    expect((await take(text, IMEI)).messages).toMatchObject({ stored: 0, copies: 2 })
    expect(await stored()).toEqual(both)
  })

  it('recognises a stored message by its MOMSN or its message id', async () => {
    const before = await stored()
    const numbered = `imei;momsn;transmit_time;data\n${IMEI};10;22-06-01 00:10:30;${hexOf(10)}\n${IMEI};11;22-06-01 00:40:30;${hexOf(40)}\n`
    expect((await take(numbered)).messages).toEqual({ read: 2, stored: 1, copies: 1, quarantined: 0 })
    const named = `Message Id,IMEI,Session At,Payload\nabc-1,${IMEI},2022-06-01T00:50:30Z,${hexOf(50)}\n`
    expect((await take(named)).messages).toMatchObject({ stored: 1 })
    const again = `IMEI,Message Id,Session At,Payload\n${IMEI},abc-1,2022-06-01T00:50:30Z,${hexOf(50)}\n`
    expect((await take(again)).messages).toMatchObject({ stored: 0, copies: 1 })
    expect(await stored()).toHaveLength(before.length + 2)
    // An export is no delivery: nothing counts as one.
    expect((await stored()).every(([, , , copies]) => copies === 0)).toBe(true)
  })

  it.each([
    ['no time', 'imei,data\n', 'no column has a time'],
    ['no payload', 'imei,time\n', 'the payload in hex'],
    ['nobody whose messages they are', 'time,data\n', '--imei'],
    ['nothing in it', '', 'empty'],
    ['a quotation without an end', 'imei,time,data\n"3004', 'does not end'],
  ])('refuses a file that has %s', async (_what, text, words) => {
    await expect(take(text)).rejects.toThrow(words)
  })
})
