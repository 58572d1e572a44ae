import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepFilesPrivate } from './private-files.ts'

describe('keepFilesPrivate()', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-private-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('makes our own files and folders private, and leaves others unchanged', async () => {
    for (const name of ['temporal.db', 'paikea.db-wal', 'notes.txt'])
      writeFileSync(join(folder, name), '', { mode: 0o644 })
    mkdirSync(join(folder, 'simulator'), { mode: 0o755 })
    await keepFilesPrivate(folder)
    const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
    expect(['temporal.db', 'paikea.db-wal', 'simulator', 'notes.txt'].map(modeOf)).toEqual(['600', '600', '700', '644'])
  })
})
