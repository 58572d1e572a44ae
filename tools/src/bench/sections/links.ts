import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@paikea/database'
import { overRounds } from '../figures.ts'
import { forkHelper, type Helper } from '../fork-helper.ts'
import type { LinkAnswer, LinkOrder } from '../link-crowd.ts'
import { processorMilliseconds, residentMegabytes } from '../machine.ts'
import { seedFleet } from '../seed-fleet.ts'
import type { BenchRun, Section } from './section.ts'

const DEVICES = 4000
const PAGES_EACH = 3
const PAGES_OF_ONE_PROCESS = 4000

/** Live links: what one process with all devices and pages costs; then every device reconnects at once. */
export const links: Section = {
  name: 'links',
  about: `${DEVICES} devices' live links with ${PAGES_EACH} pages each in one process, a frame a second of each device`,
  async measure(run) {
    const rounds: Record<string, number>[] = []
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round}`)
      rounds.push(await measureOne(run))
    }
    const goal = 'p99 < 100 ms, ≤ 12 kB a socket, again ≤ 20 s'
    return [overRounds(`${DEVICES} devices, ${DEVICES * PAGES_EACH} pages`, rounds, goal)]
  },
}

async function measureOne(run: BenchRun): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-bench-links-'))
  const uri = `sqlite:///${join(folder, 'bench.db')}`
  const helpers: Helper[] = []
  const helper = (): Helper => {
    const made = forkHelper('link-crowd')
    helpers.push(made)
    return made
  }
  try {
    run.progress(`writing ${DEVICES} devices`)
    const devices = await prepare(uri)
    const server = await startServer(uri)
    helpers.push(server.helper)
    await sleep(1000)
    const idleMb = residentMegabytes(server.pid)
    run.progress('opening')
    const speaker = helper()
    await tell(speaker, { do: 'open', port: server.devicePort, paths: devices.map(({ iam }) => `/${iam}`) })
    const pages = Array.from({ length: PAGES_EACH }, () => devices.map(({ id, iam }) => `/${id}/${iam}`)).flat()
    const listeners: Helper[] = []
    for (let first = 0; first < pages.length; first += PAGES_OF_ONE_PROCESS) {
      const listener = helper()
      listeners.push(listener)
      const paths = pages.slice(first, first + PAGES_OF_ONE_PROCESS)
      await tell(listener, { do: 'open', port: server.pagePort, paths })
    }
    await sleep(3000)
    const kbASocket = ((residentMegabytes(server.pid) - idleMb) * 1024) / (DEVICES + pages.length)
    run.progress('speaking')
    await tell(speaker, { do: 'speak', seconds: 5 })
    await Promise.all(listeners.map((listener) => tell(listener, { do: 'listen' })))
    const before = processorMilliseconds(server.pid)
    await tell(speaker, { do: 'speak', seconds: run.seconds })
    const processorShare = (processorMilliseconds(server.pid) - before) / (run.seconds * 1000)
    await sleep(1000)
    const heard = await Promise.all(listeners.map((listener) => tell(listener, { do: 'report' })))
    const speakingMb = residentMegabytes(server.pid)
    run.progress('all at once again')
    const again = await tell(speaker, { do: 'again' })
    const { devices: back } = await server.helper.ask<{ devices: number }>({})
    const expected = DEVICES * PAGES_EACH * run.seconds
    const frames = heard.reduce((sum, answer) => sum + answer.frames, 0)
    return {
      framesHeardShare: frames / expected,
      p50Ms: Math.max(...heard.map(({ p50Ms }) => p50Ms)),
      p99Ms: Math.max(...heard.map(({ p99Ms }) => p99Ms)),
      maxMs: Math.max(...heard.map(({ maxMs }) => maxMs)),
      kbASocket,
      speakingMb,
      processorShare,
      againSeconds: again.seconds,
      back,
      lost: again.lost + heard.reduce((sum, answer) => sum + answer.lost, 0),
    }
  } finally {
    await Promise.all(helpers.map((each) => each.stop()))
    await rm(folder, { recursive: true, force: true })
  }
}

function tell(helper: Helper, order: LinkOrder): Promise<LinkAnswer> {
  return helper.ask<LinkAnswer>(order)
}

async function prepare(uri: string): Promise<readonly { readonly id: number; readonly iam: string }[]> {
  const db = await openDatabase({ uri })
  try {
    await db.migrate()
    const { id: groupId } = await db.write((transaction) => db.models.Group.create({ name: 'bench' }, { transaction }))
    await seedFleet(db, { devices: DEVICES, groupId })
    const [rows] = await db.sequelize.query('SELECT id, iam FROM devices ORDER BY id')
    return rows as { id: number; iam: string }[] // as selected
  } finally {
    await db.close()
  }
}

async function startServer(
  uri: string,
): Promise<{ helper: Helper; pid: number; devicePort: number; pagePort: number }> {
  const helper = forkHelper('link-server', [uri])
  const ports = await helper.hear<{ devicePort: number; pagePort: number }>()
  return { helper, pid: helper.process.pid ?? 0, ...ports }
}
