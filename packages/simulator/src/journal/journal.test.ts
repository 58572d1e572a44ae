import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { FolderInUse, type Journal, JournalUnusable, openJournal } from './journal.ts'

// Who is refused has waited for a second first.
jest.setTimeout(60_000)

interface Counted {
  readonly name: string
  readonly value: number
}

let above: string
let folder: string
const open: Journal<Counted>[] = []

beforeEach(() => {
  above = mkdtempSync(path.join(tmpdir(), 'journal-'))
  folder = path.join(above, 'data')
})

afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close()
  rmSync(above, { recursive: true })
})

/** A journal whose state is the last value of each name. */
async function start(of = folder, compactAboveRecords?: number) {
  const state = new Map<string, number>()
  let replayed = 0
  const journal = await openJournal<Counted>({
    folder: of,
    replay(record) {
      const { name, value } = record as Counted // the test's own records
      state.set(name, value)
      replayed += 1
    },
    *snapshot() {
      for (const [name, value] of state) yield { name, value }
    },
    ...(compactAboveRecords === undefined ? {} : { compactAboveRecords }),
  })
  open.push(journal)
  const put = (name: string, value: number): Promise<void> => {
    state.set(name, value)
    return journal.append({ name, value })
  }
  const close = (): Promise<void> => {
    open.splice(open.indexOf(journal), 1)
    return journal.close()
  }
  return { state, put, close, replayed }
}

describe('openJournal()', () => {
  it('recovers every acknowledged record after a kill', async () => {
    const first = await start()
    await Promise.all([first.put('a', 1), first.put('b', 2), first.put('a', 3)])
    const copy = path.join(above, 'copy')
    cpSync(folder, copy, { recursive: true })
    expect([...(await start(copy)).state]).toEqual([
      ['a', 3],
      ['b', 2],
    ])
  })

  it('compacts a journal that has grown, and loses nothing', async () => {
    const first = await start(folder, 50)
    for (let value = 0; value < 200; value++) await first.put(`name-${value % 5}`, value)
    await first.close()
    const again = await start()
    expect([...again.state.values()].sort((one, other) => one - other)).toEqual([195, 196, 197, 198, 199])
    expect(again.replayed).toBeLessThan(60)
  })

  it('opens a folder for one at a time, even under another name', async () => {
    const first = await start()
    await expect(start()).rejects.toThrow(FolderInUse)
    const renamed = path.join(above, 'renamed')
    renameSync(folder, renamed)
    await expect(start(renamed)).rejects.toThrow(FolderInUse)
    renameSync(renamed, folder)
    await first.put('a', 1)
    await first.close()
    expect([...(await start()).state]).toEqual([['a', 1]])
  })

  it('waits for a journal that is just closing', async () => {
    const first = await start()
    const next = start()
    setImmediate(() => void first.close())
    await expect(next).resolves.toBeDefined()
  })

  it('opens a folder for only one of many that start at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => start()))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is refused while another process holds the folder, and reads its records after it is killed', async () => {
    await (await start()).close()
    const driver = require.resolve('sqlite3')
    const script = `const db = new (require(process.argv[1]).Database)(process.argv[2])
      db.exec("PRAGMA locking_mode=EXCLUSIVE;INSERT INTO records (record) VALUES ('{\\"name\\":\\"a\\",\\"value\\":7}')",
        (error) => { process.stdout.write(String(error)); setInterval(() => {}, 1000) })`
    const child = spawn(process.execPath, ['-e', script, driver, path.join(folder, 'journal.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    try {
      expect(String(await once(child.stdout, 'data'))).toBe('null')
      await expect(start()).rejects.toThrow(FolderInUse)
    } finally {
      child.kill('SIGKILL')
      await ended
    }
    expect([...(await start()).state]).toEqual([['a', 7]])
  })

  it('imports the journal of an earlier version, without a line torn by a crash', async () => {
    await (await start()).close()
    const earlier = path.join(folder, 'journal.jsonl')
    writeFileSync(earlier, '{"name":"a","value":1}\n{"name":"b","value":2}\n{"name":"c","val')
    const next = await start()
    expect([...next.state.keys()]).toEqual(['a', 'b'])
    expect(existsSync(earlier)).toBe(false)
    await next.close()
    expect([...(await start()).state.keys()]).toEqual(['a', 'b'])
  })

  it('reports what is wrong with a damaged file', async () => {
    await (await start()).close()
    const earlier = path.join(folder, 'journal.jsonl')
    appendFileSync(earlier, 'rubbish\n{"name":"b","value":1}\n')
    await expect(start()).rejects.toThrow('line 1')
    rmSync(earlier)
    writeFileSync(path.join(folder, 'journal.db'), 'rubbish, and enough of it to be no empty file'.repeat(100))
    await expect(start()).rejects.toThrow(JournalUnusable)
  })
})
