import { setTimeout as sleep } from 'node:timers/promises'
import { type BareDriver, openBareDriver } from '../bare-driver.ts'
import { type Figure, median, overRounds } from '../figures.ts'
import { residentMegabytes, watchMemory } from '../machine.ts'
import { seedFleet } from '../seed-fleet.ts'
import { seedTracks } from '../seed-tracks.ts'
import { seedYear, YEAR_FIXES } from '../seed-year.ts'
import { startStack, type Stack } from '../stack.ts'
import { timedGet } from '../timed-get.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const BUOYS = 500
const TIMES = 5

/** Tracks as files: one buoy's year, and a fleet's fixes compared with reading them by the bare driver. */
export const exportsSection: Section = {
  name: 'exports',
  about: `a year of one buoy (${YEAR_FIXES} fixes) as GeoJSON; fixes of ${BUOYS} buoys as NetCDF beside the bare driver (--fixes N)`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const stack = await startStack({ ...run, database, role: 'api' })
  const driver = openDriver(stack, run)
  try {
    const fleet = await stack.db.write((transaction) =>
      stack.db.models.Group.create({ name: 'exported' }, { transaction }),
    )
    const [iam = ''] = stack.buoys
    run.progress(`${database}, writing a year of one buoy`)
    await seedYear(stack.db, { iam })
    await seedFleet(stack.db, { devices: BUOYS, groupId: fleet.id })
    const first = await stack.db.models.Device.findOne({ where: { groupId: fleet.id }, order: [['id', 'ASC']] })
    const firstDeviceId = first?.id ?? 1
    const fixesEach = Math.ceil(run.fixes / BUOYS)
    run.progress(`${database}, writing ${fixesEach * BUOYS} fixes`)
    await seedTracks(stack.db, { firstDeviceId, devices: BUOYS, fixesEach })
    const year: Record<string, number>[] = []
    const whole: Record<string, number>[] = []
    const track = `${stack.baseUrl}/v1/devices/${iam}/track.geojson`
    const tracks = `${stack.baseUrl}/v1/tracks.nc?group=${fleet.id}`
    await timedGet(track, stack.token)
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`${database}, round ${round}`)
      const answers = []
      for (let time = 0; time < TIMES; time += 1) answers.push(await timedGet(track, stack.token))
      year.push({ p50Ms: median(answers.map(({ ms }) => ms)), megabytes: (answers[0]?.bytes ?? 0) / 1e6 })
      whole.push(await measureNetCdf(stack, { tracks, driver, firstDeviceId }))
    }
    return [
      overRounds(`${database}, a year of one buoy as GeoJSON`, year, 'p50 < 300 ms'),
      overRounds(`${database}, ${fixesEach * BUOYS} fixes as NetCDF`, whole, 'share ≤ 1.5, ≤ 80 MB above idle'),
    ]
  } finally {
    await driver.close()
    await stack.stop()
  }
}

async function measureNetCdf(
  stack: Stack,
  options: { readonly tracks: string; readonly driver: BareDriver; readonly firstDeviceId: number },
): Promise<Record<string, number>> {
  // The driver both before and after, which reveals a machine that changes speed meanwhile.
  const before = await readBare(options.driver, options.firstDeviceId)
  await sleep(2_000)
  const idleMb = residentMegabytes(stack.pid)
  const watch = watchMemory(stack.pid)
  const { status, ms, bytes } = await timedGet(options.tracks, stack.token)
  const peakAboveIdleMb = watch.stop() - idleMb
  if (status !== 200) throw new Error(`${options.tracks} answered ${status}`)
  const driverMs = (before + (await readBare(options.driver, options.firstDeviceId))) / 2
  return { ms, driverMs, share: ms / driverMs, idleMb, peakAboveIdleMb, megabytes: bytes / 1e6 }
}

/** The same columns of the same rows in the same order, device by device. */
async function readBare(driver: BareDriver, firstDeviceId: number): Promise<number> {
  const began = performance.now()
  for (let id = firstDeviceId; id < firstDeviceId + BUOYS; id += 1) {
    await driver.rows(`SELECT id, message_id, at, received_at, latitude, longitude, sog_knots, cog_degrees, battery_volts,
      interval_minutes, quality, problems FROM reports WHERE device_id = ${id} AND has_fix = 1 AND repeat_of_id IS NULL ORDER BY at, id`)
  }
  return performance.now() - began
}

function openDriver({ databaseName, databaseFile }: Stack, { mariadb }: BenchRun): BareDriver {
  if (databaseFile !== null) return openBareDriver({ file: databaseFile })
  return openBareDriver({ socket: mariadb?.socket ?? '', name: databaseName })
}
