import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPythonPackages, type PythonSpec } from '../binaries/python-packages.ts'
import { runCommand } from '../binaries/run-command.ts'
import { exportTracks } from './export-tracks.ts'

/** Scientific programs that read NetCDF. */
export const SCIENCE: PythonSpec = {
  cacheKey: 'ioos-compliance-6.1.0',
  requirements: ['compliance-checker==6.1.0', 'xarray==2026.9.0', 'netCDF4'],
}
const TEN_MINUTES_MS = 600_000
/** pip's script for this command does not work from a separate folder. */
const COMPLIANCE = `
from compliance_checker.runner import CheckSuite, ComplianceChecker
CheckSuite.load_all_available_checkers()
ComplianceChecker.run_checker('track.nc', ['cf:1.11'], 1, 'normal', output_filename='-', output_format='text')
`

/** One program's verdict on an export. */
export interface ExportCheck {
  readonly name: string
  readonly isGood: boolean
  readonly output: string
}

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Whether its output reports success. */
  readonly isGood: (output: string) => boolean
}

/**
 * Exports tracks from a live API and feeds them to the programs.
 *
 * @throws Error if the Python packages cannot be installed
 */
export async function checkExports(): Promise<readonly ExportCheck[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-exports-'))
  try {
    const { files, points } = await exportTracks()
    for (const [format, body] of files) await writeFile(join(folder, `track.${format}`), body)
    const science = await findPythonPackages(SCIENCE, (line) => process.stderr.write(`${line}\n`))
    if ('problem' in science) throw new Error(science.problem)
    const env = { ...process.env, PYTHONPATH: science.folder }
    // In parallel: each mostly waits for its program to start.
    return await Promise.all(
      checksOf(science.python, points).map(async ({ name, command: [program, ...words], isGood }) => {
        const { code, stdout, stderr } = await runCommand(program, words, {
          timeoutMs: TEN_MINUTES_MS,
          cwd: folder,
          env,
        })
        const output = stdout + stderr
        return { name, isGood: code === 0 && isGood(output), output }
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function checksOf(python: string, points: number): readonly Check[] {
  const open = 'import xarray; d = xarray.open_dataset("track.nc"); print(d.sizes["obs"], str(d.time.dtype)[:10])'
  const isAll = (output: string): boolean => output.includes(`Feature Count: ${String(points)}`)
  return [
    {
      name: 'NetCDF: CF-1.11, IOOS compliance-checker',
      command: [python, '-c', COMPLIANCE],
      isGood: (output) => output.includes('All tests passed!'),
    },
    {
      name: 'NetCDF: xarray reads points and times',
      command: [python, '-c', open],
      isGood: (output) => output.trim() === `${String(points)} datetime64`,
    },
    {
      name: 'GPX: gpsbabel reads every point',
      command: ['gpsbabel', '-t', '-i', 'gpx', '-f', 'track.gpx', '-o', 'unicsv', '-F', '-'],
      // One header line above them.
      isGood: (output) => output.trim().split('\n').length === points + 1,
    },
    {
      name: 'GPX: GDAL reads every point',
      command: ['ogrinfo', '-ro', '-so', 'track.gpx', 'track_points'],
      isGood: isAll,
    },
    {
      name: 'GeoJSON: GDAL',
      command: ['ogrinfo', '-ro', '-al', '-so', 'track.geojson'],
      isGood: (output) => output.includes('Feature Count'),
    },
    { name: 'KML: GDAL', command: ['ogrinfo', '-ro', '-q', 'track.kml'], isGood: (output) => /^1: /m.test(output) },
  ]
}
