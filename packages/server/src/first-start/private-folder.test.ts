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

  test('makes what is missing, for its owner alone, and leaves what is there', async () => {
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

  test('says by the system’s code why there can be none', async () => {
    const file = join(scratch, 'file')
    writeFileSync(file, '')
    symlinkSync(join(scratch, 'gone'), join(scratch, 'dangling'))
    await expect(makePrivateFolder(file)).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makePrivateFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makePrivateFolder(join(scratch, 'dangling'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('ends where the system makes no folders at all', async () => {
    await expect(makePrivateFolder('/proc/paikea')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
  })
})
