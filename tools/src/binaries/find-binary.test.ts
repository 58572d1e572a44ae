import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BinarySource } from './binary-sources.ts'
import { temporalCli } from './binary-spec.ts'
import { BinaryNotFoundError, findBinary } from './find-binary.ts'

/** Something that answers as the Temporal command line does. */
const WORKING = '#!/bin/sh\necho temporal version 1.9.1\n'
/** Another program that happens to have the same name. */
const FOREIGN = '#!/bin/sh\necho a tune generator\n'

let folder = ''
let env: NodeJS.ProcessEnv = {}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paikea-find-'))
  env = { PATH: join(folder, 'path'), PAIKEA_CACHE: join(folder, 'cache') }
})
afterEach(async () => rm(folder, { recursive: true }))

async function put(path: string, text = WORKING): Promise<string> {
  const file = join(folder, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, text, { mode: 0o755 })
  return file
}

function source(name: string, text: string | null): BinarySource & { readonly calls: () => number } {
  let calls = 0
  return {
    name,
    calls: () => calls,
    async fetch(_spec, into) {
      calls += 1
      if (text === null) return { problem: 'no network' }
      const path = join(into, 'download')
      await writeFile(path, text)
      return { path }
    },
  }
}

const never = source('never asked', WORKING)

describe('findBinary()', () => {
  test('prefers the file that the variable names to one on the PATH', async () => {
    const named = await put('own/temporal')
    await put('path/temporal')
    await expect(findBinary(temporalCli, { env: { ...env, TEMPORAL_CLI: named }, sources: [never] })).resolves.toBe(
      named,
    )
  })

  test('rejects when the variable names another program, without searching further', async () => {
    await put('path/temporal')
    const named = await put('own/temporal', FOREIGN)
    await expect(findBinary(temporalCli, { env: { ...env, TEMPORAL_CLI: named } })).rejects.toThrow(
      `TEMPORAL_CLI names a file that is not a working temporal: ${named}`,
    )
  })

  test('prefers the PATH to the cache, and skips another program of the same name', async () => {
    const cached = await put('cache/temporal-cli-1/temporal')
    await put('path/temporal', FOREIGN)
    await expect(findBinary(temporalCli, { env, sources: [never] })).resolves.toBe(cached)
    const onPath = await put('path/temporal')
    await expect(findBinary(temporalCli, { env, sources: [never] })).resolves.toBe(onPath)
  })

  test('fetches from the first source that works, and caches the file', async () => {
    const lines: string[] = []
    const sources = [source('one', null), source('two', FOREIGN), source('three', WORKING), source('four', WORKING)]
    const path = await findBinary(temporalCli, { env, sources, onProgress: (line) => lines.push(line) })
    expect(path).toBe(join(folder, 'cache/temporal-cli-1/temporal'))
    expect((await stat(path)).mode & 0o111).not.toBe(0)
    expect(lines).toEqual(['one', 'two', 'three'].map((name) => `fetching temporal by ${name}`))
    expect(await readdir(join(folder, 'cache/temporal-cli-1'))).toEqual(['temporal'])
    await findBinary(temporalCli, { env, sources })
    expect(sources.map((one) => one.calls())).toEqual([1, 1, 1, 0])
  })

  test('fetches again when the cached file does not run', async () => {
    await put('cache/temporal-cli-1/temporal', 'half a download')
    await expect(findBinary(temporalCli, { env, sources: [source('one', WORKING)] })).resolves.toContain('cache')
  })

  test('rejects with what was tried and what to do, in one line', async () => {
    const failed = findBinary(temporalCli, { env, sources: [source('one', null), source('two', FOREIGN)] })
    await expect(failed).rejects.toThrow(BinaryNotFoundError)
    await expect(failed).rejects.toThrow(
      'no temporal found: set TEMPORAL_CLI to its path or put it on the PATH (tried: one: no network; two: what it brought does not run here)',
    )
    expect(await readdir(join(folder, 'cache/temporal-cli-1'))).toEqual([])
  })
})
