import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { takeDataFolder } from './data-folder.ts'

describe('takeDataFolder()', () => {
  let scratch = ''
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'paikea-data-'))
    writeFileSync(join(scratch, 'file'), '')
  })
  afterEach(() => rmSync(scratch, { recursive: true }))

  test('creates the folder, and holds it until it is released', async () => {
    const folder = join(scratch, 'a', 'data')
    const lock = await takeDataFolder(folder)
    await expect(takeDataFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}: `)
    await lock.release()
    await (await takeDataFolder(folder)).release()
  })

  test.each(['file', 'file/below'])('reports in one line that %s is not a folder', async (name) => {
    const folder = join(scratch, name)
    await expect(takeDataFolder(folder)).rejects.toMatchObject({
      name: 'StartError',
      message: `${folder} cannot be the data folder: it, or a parent in its path, is not a folder; choose another with --data`,
    })
  })

  const onLinux = process.platform === 'linux' ? test.each : test.skip.each
  onLinux(['/proc/paikea', '/proc', '/proc/paikea/below'])(
    'reports in one line that %s cannot be created or written',
    async (folder) => {
      await expect(takeDataFolder(folder)).rejects.toMatchObject({
        name: 'StartError',
        message: expect.stringMatching(
          new RegExp(
            `^${folder} cannot be the data folder: (the system cannot create|you have no permission).*; choose another with --data$`,
          ),
        ),
      })
    },
  )
})
