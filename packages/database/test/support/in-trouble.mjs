/**
 * Opens a database, gets its file into trouble and says what `tryWrite` found: before, in trouble, and after it where that ends.
 * Arguments: database address, `full` or `read-only`, the file. For `full` the caller limits how large a file may get.
 */
import { chmodSync } from 'node:fs'

import { isUnavailable, openDatabase, storeBatch, whyNotWritable } from '@paikea/database'
import { newInbound } from '@paikea/database/testing'

const [uri, trouble, file] = process.argv.slice(2)
// To root nothing is read-only. What is loaded when it is first used has to be loaded before: another user may not be let into this folder.
if (process.getuid() === 0) {
  const first = await openDatabase({ uri: 'sqlite::memory:' })
  await first.migrate()
  await storeBatch(first, [newInbound()])
  await first.tryWrite()
  await first.close()
  process.setgid(65_534)
  process.setuid(65_534)
}
const db = await openDatabase({ uri })
await db.migrate()

const look = () => db.tryWrite().then(() => 'writable', whyNotWritable)
const store = () =>
  storeBatch(db, [newInbound()]).then(
    () => 'stored',
    (error) => (isUnavailable(error) ? 'unavailable' : String(error)),
  )
const found = []
const note = async () => found.push(`${await look()}, ${await store()}`)

if (trouble === 'read-only') {
  chmodSync(file, 0o400)
  await note()
  chmodSync(file, 0o600)
  await note()
} else {
  await note()
  for (let times = 0; times < 2000 && (await store()) === 'stored'; times += 1);
  await note()
}
await db.ping()
process.stdout.write(JSON.stringify(found))
await db.close()
