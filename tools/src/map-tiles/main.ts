import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { buildTiles } from './build-tiles.ts'
import { openGshhg } from './gshhg.ts'
import { type Box, parseBounds, REGIONS } from './regions.ts'

const COAST_FILE = '/usr/share/gmt-gshhg/binned_GSHHS_f.nc'
const DEFAULT_REGION = 'us-west'

const HELP = `npm run map-tiles -- [--region NAME | --bounds W,S,E,N] [--out FILE] [--coast FILE] [--world-only]

Builds the base map as one PMTiles file: the world to zoom 6 (Natural Earth) and a region to zoom 11 (GSHHG).

  --region NAME    ${Object.keys(REGIONS).join(', ')}; default ${DEFAULT_REGION}
  --bounds W,S,E,N any other region, degrees
  --out FILE       default packages/web/public/map/base.pmtiles
  --coast FILE     GMT's binned GSHHG; default ${COAST_FILE}, from Debian's package gmt-gshhg-full
  --world-only     no region: needs no coast file

The world as a region takes some minutes and 8 GB of memory.
`

process.exitCode = await main(process.argv.slice(2))

async function main(commandLine: string[]): Promise<number> {
  let values
  try {
    values = parseArgs({
      args: commandLine,
      options: {
        region: { type: 'string' },
        bounds: { type: 'string' },
        out: { type: 'string', default: 'packages/web/public/map/base.pmtiles' },
        coast: { type: 'string', default: COAST_FILE },
        'world-only': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}; --help lists the flags`)
  }
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const chosen = choose(values.region, values.bounds)
  if (typeof chosen === 'string') return fail(chosen)
  const isWorldOnly = values['world-only']
  if (!isWorldOnly && !(await exists(values.coast))) {
    return fail(
      `${values.coast} is not there: on Debian \`apt-get install gmt-gshhg-full\`, or name the file by --coast`,
    )
  }
  const startedAt = Date.now()
  const coast = isWorldOnly ? null : await openGshhg(values.coast)
  const { file, tiles } = await buildTiles({
    ...chosen,
    coast,
    onProgress: (line) => process.stderr.write(`  ${line}\n`),
  })
  const out = resolve(values.out)
  await mkdir(dirname(out), { recursive: true })
  await writeFile(out, file)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${out}: ${tiles} tiles, ${(file.length / 1e6).toFixed(1)} MB, ${seconds} s\n`)
  return 0
}

function choose(region: string | undefined, bounds: string | undefined): { name: string; box: Box } | string {
  if (region !== undefined && bounds !== undefined) return 'either --region or --bounds, not both'
  if (bounds !== undefined) {
    const box = parseBounds(bounds)
    return box === null ? '--bounds takes W,S,E,N in degrees, west < east and south < north' : { name: bounds, box }
  }
  const name = region ?? DEFAULT_REGION
  const box = Object.hasOwn(REGIONS, name) ? REGIONS[name] : undefined
  return box === undefined ? `no region ${JSON.stringify(name)}: ${Object.keys(REGIONS).join(', ')}` : { name, box }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function fail(line: string): number {
  process.stderr.write(`${line}\n`)
  return 1
}
