import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { openJournal } from './journal.ts'

interface Counted {
  readonly name: string
  readonly value: number
}

const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'journal-'))
  folders.push(folder)
  return folder
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A journal whose state is the last value of each name. */
async function open(folder: string, compactAboveBytes?: number) {
  const state = new Map<string, number>()
  const apply = (record: unknown): void => {
    const { name, value } = record as Counted // the test's own records
    state.set(name, value)
  }
  const journal = await openJournal<Counted>({
    folder,
    replay: apply,
    *snapshot() {
      for (const [name, value] of state) yield { name, value }
    },
    ...(compactAboveBytes === undefined ? {} : { compactAboveBytes }),
  })
  const put = (name: string, value: number): Promise<void> => {
    state.set(name, value)
    return journal.append({ name, value })
  }
  return { journal, state, put, file: path.join(folder, 'journal.jsonl') }
}

describe('openJournal()', () => {
  it('finds everything again that was acknowledged, without having been closed', async () => {
    const folder = newFolder()
    const first = await open(folder)
    await Promise.all([first.put('a', 1), first.put('b', 2), first.put('a', 3)])
    const second = await open(folder)
    expect([...second.state]).toEqual([
      ['a', 3],
      ['b', 2],
    ])
    await first.journal.close()
    await second.journal.close()
  })

  it('writes the record before the append resolves', async () => {
    const { put, file, journal } = await open(newFolder())
    await put('a', 1)
    expect(readFileSync(file, 'utf8')).toBe('{"name":"a","value":1}\n')
    await journal.close()
  })

  it('drops a torn last line and goes on', async () => {
    const folder = newFolder()
    const first = await open(folder)
    await first.put('a', 1)
    await first.journal.close()
    appendFileSync(first.file, '{"name":"b","val')
    const second = await open(folder)
    await second.put('c', 3)
    await second.journal.close()
    const third = await open(folder)
    expect([...third.state]).toEqual([
      ['a', 1],
      ['c', 3],
    ])
    await third.journal.close()
  })

  it('refuses a file with a broken line in the middle, naming the line', async () => {
    const folder = newFolder()
    const first = await open(folder)
    await first.put('a', 1)
    await first.journal.close()
    appendFileSync(first.file, 'rubbish\n{"name":"b","value":1}\n')
    await expect(open(folder)).rejects.toThrow('line 2')
  })

  it('writes the file anew when it has grown, and loses nothing by it', async () => {
    const folder = newFolder()
    const { put, journal, file } = await open(folder, 2000)
    for (let value = 0; value < 500; value++) await put(`name-${value % 5}`, value)
    expect(statSync(file).size).toBeLessThan(2300)
    await journal.close()
    const again = await open(folder)
    expect([...again.state.values()].sort((one, other) => one - other)).toEqual([495, 496, 497, 498, 499])
    await again.journal.close()
  })
})
