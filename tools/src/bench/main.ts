import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { temporalCli } from '../binaries/binary-spec.ts'
import { findBinary } from '../binaries/find-binary.ts'
import { startPrivateMariaDb } from '../services/private-mariadb.ts'
import { type Figure, formatFigure } from './figures.ts'
import { describeMachine } from './machine.ts'
import { acted } from './sections/acted.ts'
import { answers } from './sections/answers.ts'
import { backlog } from './sections/backlog.ts'
import { crowd } from './sections/crowd.ts'
import { event } from './sections/event.ts'
import { exportsSection } from './sections/exports.ts'
import { fetchRelease } from './sections/fetch.ts'
import { importSection } from './sections/import.ts'
import { isolation } from './sections/isolation.ts'
import { links } from './sections/links.ts'
import { growth } from './sections/growth.ts'
import { manyReports } from './sections/many-reports.ts'
import { memory, smallMachine } from './sections/small-machine.ts'
import { paced } from './sections/paced.ts'
import { programs } from './sections/programs.ts'
import type { BenchRun } from './sections/section.ts'
import { startUp } from './sections/start-up.ts'
import { web } from './sections/web.ts'
import { webFleet } from './sections/web-fleet.ts'
import { storm } from './sections/storm.ts'
import { upgrades } from './sections/upgrades.ts'

const delivering = [acted, programs, isolation, backlog]
const sections = [
  answers,
  paced,
  storm,
  ...delivering,
  event,
  crowd,
  upgrades,
  links,
  fetchRelease,
  web,
  webFleet,
  startUp,
  exportsSection,
  manyReports,
  importSection,
  growth,
  memory,
  smallMachine,
]

const help = `npm run bench -- [flags]

  --only NAMES     comma-separated sections: ${sections.map((section) => section.name).join(', ')} (default: all)
  --databases LIST mariadb, sqlite or both (default both)
  --rounds N       rounds of each measurement, medians are printed (default 3)
  --seconds N      length of one measurement under load (default 5)
  --beside DIR     another build of this repository, to measure the memory of as well
  --fixes N        fixes of the section exports (default 1000000)
  --reports N      reports of the section many-reports (default 20000000)
  --fixture DIR    where the tables of many-reports are written once and stay
  --prepare        only write those tables
  --out FILE       where the figures go as JSON (default bench-results/<time>.json)
  --help
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      databases: { type: 'string', default: 'mariadb,sqlite' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      out: { type: 'string' },
      beside: { type: 'string' },
      fixes: { type: 'string', default: '1000000' },
      reports: { type: 'string', default: '20000000' },
      fixture: { type: 'string' },
      prepare: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(help)
  const chosen = values.only?.split(',') ?? sections.map((section) => section.name)
  const unknown = chosen.filter((name) => !sections.some((section) => section.name === name))
  if (unknown.length > 0) throw new Error(`--only: no section ${unknown.join(', ')}`)
  const cli = await findBinary(temporalCli, { onProgress: progress })
  const mariadb = await startPrivateMariaDb()
  if (mariadb === null) print('MariaDB is not installed: its figures are left out')
  try {
    const run = {
      rounds: atLeastOne('--rounds', values.rounds),
      seconds: atLeastOne('--seconds', values.seconds),
      temporalCli: cli,
      mariadb,
      databases: readDatabases(values.databases),
      beside: values.beside === undefined ? null : resolve(values.beside),
      fixes: atLeastOne('--fixes', values.fixes),
      reports: atLeastOne('--reports', values.reports),
      fixture: values.fixture === undefined ? null : resolve(values.fixture),
      isOnlyPrepared: values.prepare,
      progress,
    }
    const machine = await describeMachine(cli)
    const settings = {
      rounds: run.rounds,
      secondsPerMeasurement: run.seconds,
      mariadb: 'innodb_flush_log_at_trx_commit=1',
      sqlite: 'WAL, synchronous=FULL',
      temporal: 'development server, WAL, synchronous=NORMAL',
      load: 'generator, databases and servers on the same processors',
    }
    print(`${JSON.stringify({ machine, settings }, null, 2)}`)
    const results = await measureAll(run, chosen)
    const out = resolve(values.out ?? `bench-results/${machine.at.replaceAll(/[:.]/g, '-')}.json`)
    await mkdir(dirname(out), { recursive: true })
    await writeFile(out, `${JSON.stringify({ machine, settings, results }, null, 2)}\n`)
    print(`written: ${out}`)
  } finally {
    await mariadb?.stop()
  }
}

async function measureAll(run: BenchRun, chosen: readonly string[]): Promise<Record<string, readonly Figure[]>> {
  const results: Record<string, readonly Figure[]> = {}
  for (const section of sections) {
    if (!chosen.includes(section.name)) continue
    print(`\n${section.name}: ${section.about}`)
    const figures = await section.measure(run)
    for (const figure of figures) print(formatFigure(figure))
    results[section.name] = figures
  }
  return results
}

function atLeastOne(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} takes a whole number from 1`)
  return value
}

function readDatabases(text: string): readonly ('mariadb' | 'sqlite')[] {
  return text.split(',').map((name) => {
    if (name === 'mariadb' || name === 'sqlite') return name
    throw new Error(`--databases: no database ${name}`)
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function progress(line: string): void {
  process.stderr.write(`  … ${line}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
