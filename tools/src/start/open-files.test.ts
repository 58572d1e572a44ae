import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const starter = join(import.meta.dirname, '../../start.mjs')

const onUnix = process.platform === 'win32' ? test.skip : test
onUnix('a start with too low a limit on open files is refused in one line', () => {
  const command = `ulimit -n 64 && exec "${process.execPath}" "${starter}" --data /nowhere/paikea`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toBe('only 64 files may be open at once: Paikea needs 256 (ulimit -n 256)\n')
})
