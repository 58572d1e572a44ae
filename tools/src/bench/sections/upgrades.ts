import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '@paikea/database'
import { createGitRepository, VITAL } from '@paikea/firmware/testing'
import { waitFor } from '../../services/wait-for.ts'
import type { CrowdOrder, CrowdResult } from '../device-crowd.ts'
import { type Figure, overRounds, percentile } from '../figures.ts'
import { forkHelper } from '../fork-helper.ts'
import { runLoad } from '../load.ts'
import { residentMegabytes, watchMemory } from '../machine.ts'
import { post } from '../../services/post.ts'
import { seedFleet } from '../seed-fleet.ts'
import { startStack, type Stack } from '../stack.ts'
import { startStaticNginx } from '../static-nginx.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const DEVICES = 1000
const FILES = 60
const FILE_BYTES = 10_000
/** How many of them are fetched for the comparison with nginx. */
const FILES_COMPARED = 20
const WEBHOOKS_PER_SECOND = 100

/**
 * A whole fleet upgrades at once while webhooks arrive; the files alone compared with an nginx that serves the same.
 */
export const upgrades: Section = {
  name: 'upgrades',
  about: `${DEVICES} devices upgrade a release of ${FILES} files at once, ${WEBHOOKS_PER_SECOND} webhooks a second beside them`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) {
      const files: Record<string, number>[] = []
      const whole: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) {
        run.progress(`${database}, round ${round}`)
        const seen = await measureOne(run, database)
        files.push(seen.files)
        whole.push(seen.upgrades)
      }
      figures.push(
        overRounds(`${database}, files alone`, files, '≥ 0.3 of nginx'),
        overRounds(`${database}, ${DEVICES} upgrades`, whole, '≤ 60 s, webhooks p99 ≤ 50 ms, ≤ 100 MB above idle'),
      )
    }
    return figures
  },
}

interface Measured {
  readonly files: Record<string, number>
  readonly upgrades: Record<string, number>
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Measured> {
  const content = buildFiles()
  const repository = createGitRepository()
  const crowd = forkHelper('device-crowd')
  try {
    repository.commit(Object.fromEntries(content))
    const env = { PAIKEA_FIRMWARE_REPO: repository.path }
    const stack = await startStack({ ...run, database, role: 'all', env })
    try {
      const devices = await prepareJobs(run, stack)
      const listed = [...content].map(([path, bytes]) => [`./${path}`, sha1(bytes)] as const)
      const order = { port: Number(new URL(stack.baseUrl).port), devices, files: listed.slice(0, FILES_COMPARED) }
      const ask = async (what: CrowdOrder['what'], port = order.port): Promise<CrowdResult> => {
        const result = await crowd.ask<CrowdResult>({ ...order, port, what })
        if (result.failed > 0) throw new Error(`${what}: ${result.failed} devices failed: ${result.firstFault ?? ''}`)
        return result
      }
      run.progress('files alone')
      const nginx = await startStaticNginx(content)
      const plain = nginx === null ? null : await ask('plain-files', nginx.port)
      await nginx?.stop()
      const ours = await ask('files')
      run.progress('upgrades')
      return { files: compare(ours, plain), upgrades: await upgradeAll(stack, () => ask('upgrades')) }
    } finally {
      await stack.stop()
    }
  } finally {
    await crowd.stop()
    await repository.remove()
  }
}

function compare(ours: CrowdResult, plain: CrowdResult | null): Record<string, number> {
  const perSecond = ours.files / ours.seconds
  const nginxPerSecond = plain === null ? Number.NaN : plain.files / plain.seconds
  return { perSecond, nginxPerSecond, share: perSecond / nginxPerSecond }
}

async function upgradeAll(stack: Stack, upgrade: () => Promise<CrowdResult>): Promise<Record<string, number>> {
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const idleMb = residentMegabytes(stack.pid)
  const watch = watchMemory(stack.pid)
  let isOver = false
  const webhooks = beside(stack, () => isOver)
  const { seconds, files } = await upgrade()
  isOver = true
  const peakAboveIdleMb = watch.stop() - idleMb
  const p99s = await webhooks
  const done = (): Promise<boolean> => count(stack.db, `state IN ('installed','succeeded')`).then((n) => n === DEVICES)
  if (!(await waitFor(done, { limitMs: 20_000, everyMs: 200 }))) throw new Error('not every job is installed')
  return {
    seconds,
    filesPerSecond: files / seconds,
    webhookP99Ms: percentile(p99s, 0.5),
    webhookP99MsAtWorst: Math.max(...p99s),
    idleMb,
    peakAboveIdleMb,
  }
}

/** Webhooks at a steady pace in slices of 5 s; counts those entirely within the upgrades, and always the first. */
async function beside(stack: Stack, isOver: () => boolean): Promise<readonly number[]> {
  const p99s: number[] = []
  const startedAt = new Date().toISOString()
  let firstSequence = 0
  while (!isOver()) {
    const order = { url: stack.webhookUrl, clients: 8, seconds: 5, perSecond: WEBHOOKS_PER_SECOND }
    const load = await runLoad({ ...order, firstSequence, startedAt })
    if (load.refused > 0) throw new Error(`${load.refused} webhooks were not answered with 200`)
    firstSequence = load.nextSequence
    if (p99s.length === 0 || !isOver()) p99s.push(load.p99Ms)
  }
  return p99s
}

function buildFiles(): ReadonlyMap<string, Buffer> {
  const names = Object.keys(VITAL)
  for (let index = names.length; index < FILES; index += 1) names.push(`core/part${index % 5}/file${index}.py`)
  return new Map(names.map((name) => [name, Buffer.from(randomBytes(FILE_BYTES / 2).toString('hex'))]))
}

function sha1(content: Buffer): string {
  return createHash('sha1').update(content).digest('hex')
}

/** Creates the release, the devices, and a job for each with a running workflow. */
async function prepareJobs(run: BenchRun, stack: Stack): Promise<CrowdOrder['devices']> {
  const headers = { authorization: `Bearer ${stack.token}` }
  const firmware = `${stack.baseUrl}/v1/firmware`
  const made = await post(`${firmware}/releases`, { ref: 'main' }, headers)
  const { id: releaseId } = (await made.json()) as { id: number } // the contract's shape
  const isReady = async (): Promise<boolean> => {
    const response = await fetch(`${firmware}/releases/${releaseId}`, { headers })
    return ((await response.json()) as { state: string }).state === 'ready'
  }
  if (!(await waitFor(isReady, { limitMs: 60_000, everyMs: 200 }))) throw new Error('the release is not ready')
  const [group] = await stack.db.models.Group.findAll({ limit: 1 })
  await seedFleet(stack.db, { devices: DEVICES, groupId: group?.id ?? 1 })
  run.progress(`${DEVICES} jobs`)
  const devices: { iam: string; jobId: number }[] = []
  for (let first = 0; first < DEVICES; first += 20) {
    const names = Array.from({ length: 20 }, (_, index) => `CROWD${String(first + index).padStart(5, '0')}`)
    const jobs = names.map(async (iam) => {
      const answer = await post(`${firmware}/upgrades`, { iam, releaseId }, headers)
      return { iam, jobId: ((await answer.json()) as { id: number }).id }
    })
    devices.push(...(await Promise.all(jobs)))
  }
  const isStarted = (): Promise<boolean> => count(stack.db, 'workflow_started_at IS NULL').then((n) => n === 0)
  if (!(await waitFor(isStarted, { limitMs: 120_000, everyMs: 500 }))) throw new Error('workflows did not start')
  return devices
}

async function count(db: Database, where: string): Promise<number> {
  const [rows] = await db.sequelize.query(`SELECT COUNT(*) AS n FROM upgrade_jobs WHERE ${where}`)
  return Number((rows as { n: number }[])[0]?.n ?? 0) // as selected
}
