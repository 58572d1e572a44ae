import { openDatabase } from '@paikea/database'
import { startMariaDbIn } from '../../services/private-mariadb.ts'
import { type Figure, median, overRounds } from '../figures.ts'
import { seedFleet } from '../seed-fleet.ts'
import { seedTracks } from '../seed-tracks.ts'
import { startStack } from '../stack.ts'
import { timedGet } from '../timed-get.ts'
import type { BenchRun, Section } from './section.ts'

const FLEET = 10_000
/** One year of the first device. */
const YEAR = 52_560
const TIMES = 7
const FIXES_OF_A_DEVICE = 2_000

/** What a full table does to the responses that users wait for. */
export const manyReports: Section = {
  name: 'many-reports',
  about: `the fleet of ${FLEET} and a year of one buoy, MariaDB, with few reports and with many more (--reports N) in the table; what is written stays in --fixture DIR`,
  async measure(run) {
    if (run.fixture === null) {
      run.progress('left out: it needs --fixture DIR, where its tables are written once and stay')
      return []
    }
    const server = await startMariaDbIn(run.fixture)
    if (server === null) return []
    try {
      const uriOf = (name: string) => `mysql://root@localhost/${name}?unix_socket=${encodeURIComponent(server.socket)}`
      const sizes = { few: 0, many: run.reports }
      for (const [name, reports] of Object.entries(sizes))
        await fill(run, { name, uri: uriOf(name), socket: server.socket, reports })
      if (run.isOnlyPrepared) return []
      const figures: Figure[] = []
      const found = new Map<string, Record<string, number>[]>()
      for (let round = 1; round <= run.rounds; round += 1) {
        for (const name of Object.keys(sizes)) {
          run.progress(`${name}, round ${round}`)
          found.set(name, [...(found.get(name) ?? []), await measureOne(run, uriOf(name))])
        }
      }
      for (const [name, rounds] of found) figures.push(overRounds(`mariadb, ${name} reports`, rounds, '< 300 ms each'))
      const [few, many] = figures.map(({ medians }) => medians)
      const share = (unit: string): number => (many?.[unit] ?? Number.NaN) / (few?.[unit] ?? Number.NaN)
      const shares = { fleet: share('fleetMs'), year: share('yearMs') }
      return [...figures, overRounds('mariadb, many beside few', [shares], '≤ 1.3')]
    } finally {
      await server.stop()
    }
  },
}

async function fill(
  run: BenchRun,
  options: { readonly name: string; readonly uri: string; readonly socket: string; readonly reports: number },
): Promise<void> {
  const root = await openDatabase({ uri: options.uri.replace(`/${options.name}?`, '/mysql?') })
  await root.sequelize.query(`CREATE DATABASE IF NOT EXISTS ${options.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  await root.close()
  const db = await openDatabase({ uri: options.uri })
  try {
    await db.migrate()
    let group = await db.models.Group.findOne({ order: [['id', 'ASC']] })
    if (group === null) {
      group = await db.write((transaction) => db.models.Group.create({ name: 'crew' }, { transaction }))
      await seedFleet(db, { devices: FLEET, groupId: group.id })
    }
    const first = (await db.models.Device.findOne({ order: [['id', 'ASC']] }))?.id ?? 1
    const onProgress = (line: string): void => run.progress(`${options.name}: ${line}`)
    const has = async (deviceId: number) => (await db.models.Report.findOne({ where: { deviceId } })) !== null
    if (!(await has(first))) {
      await seedTracks(db, { firstDeviceId: first, devices: 1, fixesEach: YEAR, areMessagesLeftOut: true, onProgress })
    }
    // Fifty devices at a time, each batch written whole or not at all: an interrupted run can continue.
    const wanted = Math.ceil(options.reports / FIXES_OF_A_DEVICE)
    for (let done = 0; done < Math.min(wanted, FLEET - 1); done += 50) {
      const firstDeviceId = first + 1 + done
      if (await has(firstDeviceId)) continue
      const devices = Math.min(50, FLEET - 1 - done, wanted - done)
      await seedTracks(db, { firstDeviceId, devices, fixesEach: FIXES_OF_A_DEVICE, areMessagesLeftOut: true })
      onProgress(`${(done + devices) * FIXES_OF_A_DEVICE} reports`)
    }
  } finally {
    await db.close()
  }
}

async function measureOne(run: BenchRun, uri: string): Promise<Record<string, number>> {
  const stack = await startStack({ ...run, database: 'mariadb', role: 'api', uri })
  try {
    const first = await stack.db.models.Device.findOne({ order: [['id', 'ASC']] })
    const medianOf = async (path: string): Promise<number> => {
      await timedGet(stack.baseUrl + path, stack.token)
      const times: number[] = []
      for (let time = 0; time < TIMES; time += 1) times.push((await timedGet(stack.baseUrl + path, stack.token)).ms)
      return median(times)
    }
    const yearMs = await medianOf(`/v1/devices/${first?.iam ?? ''}/track.geojson`)
    return { fleetMs: await medianOf('/v1/fleet'), yearMs }
  } finally {
    await stack.stop()
  }
}
