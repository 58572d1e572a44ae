import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildDevice, buildGroup, buildReport, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { exportCommand } from './export-command.ts'

describe('paikea export', () => {
  let db: TestDatabase
  let folder: string
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    folder = await mkdtemp(join(tmpdir(), 'paikea-export-'))
    const { id: groupId } = await buildGroup(db, { name: 'crew' })
    const { id: deviceId } = await buildDevice(db, { groupId, iam: 'PK900' })
    for (const day of ['20', '21', '22']) {
      const at = new Date(`2026-11-${day}T12:00:00Z`)
      await buildReport(db, { deviceId, at, fixAt: at, latitude: 37, longitude: -122, hasFix: true })
    }
    const values = {
      deviceId,
      fromAt: new Date('2026-11-21'),
      toAt: new Date('2026-11-22'),
      place: null,
      purpose: null,
    }
    await db.write((transaction) => db.models.Deployment.create(values, { transaction }))
    // A busy machine takes its time to migrate.
  }, 60_000)
  afterAll(async () => {
    await db.drop()
    await rm(folder, { recursive: true })
  })
  const run = async (name: string, flags: object): Promise<string> => {
    const out = join(folder, name)
    await exportCommand({ PAIKEA_DB_URI: db.uri, PAIKEA_DATA: folder }, { out, ...flags })
    return readFile(out, 'latin1')
  }
  const days = (text: string) => [...text.matchAll(/^PK900,2026-11-(\d\d)/gm)].map(([, day]) => day)

  it('writes tracks within deployments or given times, in the format of the file extension', async () => {
    expect(days(await run('one.csv', { device: 'PK900' }))).toEqual(['21'])
    expect(days(await run('all.csv', { group: 'crew', deployment: 'none' }))).toEqual(['20', '21', '22'])
    expect(
      days(await run('some.csv', { deployment: 'none', since: '2026-11-21', until: '2026-11-21T23:00Z' })),
    ).toEqual(['21'])
    expect((await run('one.nc', { device: 'PK900' })).slice(0, 3)).toBe('CDF')
  })

  it.each([
    ['none.docx', {}, '--out must end in'],
    ['none.csv', { device: 'PK999' }, 'no such device'],
    ['none.csv', { group: 'others' }, 'there is no group'],
    ['none.csv', { since: 'noon' }, '--since must be a time'],
    ['none.csv', { deployment: '7' }, '--deployment'],
    ['none.nc', { since: '2027-01-01' }, 'no fixes'],
  ])('reports what is wrong, and leaves no partial file: %s %o', async (name, flags, words) => {
    await expect(run(name, flags)).rejects.toThrow(words)
    expect((await readdir(folder)).filter((file) => file.includes('none'))).toEqual([])
  })
})
