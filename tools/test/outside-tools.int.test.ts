import { spawnSync } from 'node:child_process'
import { fuzzApi } from '../src/api-fuzz/fuzz-api.ts'
import { checkExports, type ExportCheck } from '../src/export-checks/check-exports.ts'

/** Packages may be on their way still. */
const TEN_MINUTES_MS = 600_000

const isThere = (program: string, word: string): boolean => spawnSync(program, [word]).error === undefined
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
const lacks = [
  ...(hasPip ? [] : ['python3 with pip']),
  ...(isThere('ogrinfo', '--version') ? [] : ['gdal-bin']),
  ...(isThere('gpsbabel', '-V') ? [] : ['gpsbabel']),
]
const withPrograms = lacks.length === 0 ? describe : describe.skip

withPrograms(`exports (${lacks.length === 0 ? 'read by others' : `skipped: no ${lacks.join(', ')} here`})`, () => {
  let checks: readonly ExportCheck[]
  beforeAll(async () => {
    checks = await checkExports()
  }, TEN_MINUTES_MS)

  it.each([
    'NetCDF: CF-1.11, IOOS compliance-checker',
    'NetCDF: xarray reads points and times',
    'GPX: gpsbabel reads every point',
    'GPX: GDAL reads every point',
    'GeoJSON: GDAL',
    'KML: GDAL',
  ])('%s', (name) => {
    expect(checks.find((check) => check.name === name)).toMatchObject({ isGood: true })
  })
})

const withPip = hasPip ? describe : describe.skip

withPip(`the API under a fuzzer of its OpenAPI document${hasPip ? '' : ' (skipped: no python3 with pip here)'}`, () => {
  it(
    'answers as documented, and never with a 5xx',
    async () => {
      const { isGood, output, log } = await fuzzApi({ examples: 3, withBounds: false })
      expect({
        isGood,
        said: isGood ? '' : output,
        failed: log.filter((line) => line.includes('http.failed')),
      }).toEqual({
        isGood: true,
        said: '',
        failed: [],
      })
    },
    TEN_MINUTES_MS,
  )
})
