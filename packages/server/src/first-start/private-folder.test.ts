import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePrivateFolder } from './private-folder.ts'

describe('makePrivateFolder()', () => {
  let scratch = ''
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'paikea-folder-'))
  })
  afterEach(() => rmSync(scratch, { recursive: true }))

  test('creates missing folders for their owner alone, and keeps existing files', async () => {
    const folder = join(scratch, 'a', 'b')
    await makePrivateFolder(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    writeFileSync(join(folder, 'kept'), '')
    await Promise.all([
      makePrivateFolder(folder),
      makePrivateFolder(join(folder, 'c')),
      makePrivateFolder(join(folder, 'c')),
    ])
    expect(existsSync(join(folder, 'kept'))).toBe(true)
  })

  test('rejects with the system’s error code when the folder cannot be created', async () => {
    const file = join(scratch, 'file')
    writeFileSync(file, '')
    symlinkSync(join(scratch, 'gone'), join(scratch, 'dangling'))
    await expect(makePrivateFolder(file)).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makePrivateFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makePrivateFolder(join(scratch, 'dangling'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('rejects instead of hanging under /proc', async () => {
    await expect(makePrivateFolder('/proc/paikea')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
  })
})
