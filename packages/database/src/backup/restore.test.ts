import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openTestDatabase } from '../testing/test-database.ts'
import { backUp, restore } from './backup.ts'
import { checkComplete } from './mysql-restore.ts'

it('names a truncated backup in its error, and leaves no database file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-restore-'))
  const db = await openTestDatabase('sqlite')
  try {
    const from = join(folder, 'backup')
    await backUp({ uri: db.uri, password: null }, from, {})
    truncateSync(from, Math.floor(statSync(from).size / 2))
    const file = join(folder, 'new.sqlite')
    const options = { from, mayReplace: true, suffix: 'before', aside: join(folder, 'aside') }
    await expect(restore({ uri: `sqlite:///${file}`, password: null }, options)).rejects.toMatchObject({
      name: 'BackupError',
      message: expect.stringContaining(`${from}: `),
    })
    expect([file, `${file}.restoring`].map((path) => existsSync(path))).toEqual([false, false])
  } finally {
    await db.drop()
    await rm(folder, { recursive: true })
  }
})

it('accepts a dump only with its completion line, and refuses one cut between two statements', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-restore-'))
  try {
    const from = join(folder, 'backup')
    writeFileSync(from, `${'INSERT INTO `a` VALUES (1);\n'.repeat(100)}-- Dump completed on 2026-11-29 13:00:00\n`)
    await checkComplete(from)
    truncateSync(from, 280)
    await expect(checkComplete(from)).rejects.toThrow(`${from}: the backup is cut short`)
  } finally {
    await rm(folder, { recursive: true })
  }
})
