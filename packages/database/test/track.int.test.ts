import { readTrack } from '@paikea/database'
import {
  buildDevice,
  buildModem,
  buildReport,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const FIELDS = ['latitudeDegrees', 'longitudeDegrees', 'sogKnots', 'quality', 'problems', 'messageId'] as const

describe.each(databaseKinds())('readTrack() on %s', (kind) => {
  let db: TestDatabase
  let deviceId: number
  let modemId: number
  beforeAll(async () => {
    db = await openTestDatabase(kind)
    deviceId = (await buildDevice(db)).id
    modemId = (await buildModem(db)).id
    const problems = [{ field: 'utc', code: 'clock-wrong', message: 'it "says" tomorrow' }]
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 2, minute, 0, 7))
    await buildReport(db, { deviceId, modemId, at: at(20), latitude: 0.1 + 0.2, longitude: -1 / 3, problems })
    await buildReport(db, {
      deviceId,
      modemId,
      at: at(10),
      latitude: 36.41666666666667,
      longitude: -179.99999999999997,
    })
    await buildReport(db, { deviceId, modemId, at: at(0), latitude: 5e-324, longitude: 180, sogKnots: 0.5 })
    await buildReport(db, { deviceId, modemId, at: at(5), latitude: null, longitude: null, hasFix: false })
  })
  afterAll(() => db.drop())

  const read = async () => {
    const fixes = []
    for await (const page of readTrack(db, { deviceId, from: null, to: null, fields: FIELDS })) fixes.push(...page)
    return fixes
  }

  it('returns stored numbers to the last digit, in order of time', async () => {
    const fixes = await read()
    expect(fixes.map(({ at }) => at.toISOString().slice(14, 24))).toEqual(['00:00.007Z', '10:00.007Z', '20:00.007Z'])
    expect(fixes.map(({ latitudeDegrees }) => latitudeDegrees)).toEqual([5e-324, 36.41666666666667, 0.1 + 0.2])
    expect(fixes.map(({ longitudeDegrees }) => longitudeDegrees)).toEqual([180, -179.99999999999997, -1 / 3])
    expect(fixes.map(({ sogKnots }) => sogKnots)).toEqual([0.5, null, null])
    expect(fixes.map(({ problems }) => problems)).toEqual([[], [], ['clock-wrong']])
    expect(Object.keys(fixes[0] ?? {})).toEqual(['at', ...FIELDS])
  })

  it.each([1, 2, 3])('returns each fix once in pages of %i, even fixes of the same time', async (pageRows) => {
    const other = (await buildDevice(db)).id
    const at = new Date(Date.UTC(2026, 10, 28, 3))
    for (const latitude of [1, 2, 3]) await buildReport(db, { deviceId: other, modemId, at, latitude, longitude: 0 })
    const pages = []
    const wish = { deviceId: other, from: null, to: null, fields: ['latitudeDegrees'], pageRows } as const
    for await (const page of readTrack(db, wish)) pages.push(page.map(({ latitudeDegrees }) => latitudeDegrees))
    expect(pages).toEqual({ 1: [[1], [2], [3]], 2: [[1, 2], [3]], 3: [[1, 2, 3]] }[pageRows])
  })

  // MariaDB refuses to store the other two.
  const wrongOnSqlite = [
    ['latitude', 'north', 1],
    ['at', 'yesterday', '2026-11-28 02:20:00.007 +00:00'],
  ] as const
  it.each([['quality', 'splendid', 'good'] as const, ...(kind === 'sqlite' ? wrongOnSqlite : [])])(
    'names the column %s in the error for a wrong value',
    async (column, wrong, right) => {
      const set = (value: unknown) =>
        db.write((transaction) =>
          db.sequelize.query(`UPDATE reports SET ${column} = ? WHERE problems IS NOT NULL`, {
            transaction,
            replacements: [value],
          }),
        )
      await set(wrong)
      await expect(read()).rejects.toThrow(`reports.${column}: expected`)
      await set(right)
    },
  )
})
