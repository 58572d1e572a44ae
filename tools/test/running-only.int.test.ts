import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const LOCK = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), link: z.boolean().optional() })),
})

const TYPES_ONLY = /import type [^;]*? from '[^']*'/g
/** The name of the package alone; neither a file nor a module of Node's. */
const FROM_A_PACKAGE = /(?:\bfrom|^import) '((?:@[^/'\s]+\/)?[^@./'\s][^/':\s]*)(?:\/[^':]*)?'$/gm

/** A clone of this repository as `npm ci --omit=dev` leaves it: ours copied without tests, other packages as links. */
function makeSite(): string {
  const site = mkdtempSync(join(tmpdir(), 'paikea-running-only-'))
  for (const folder of [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'tools']) {
    for (const name of readdirSync(join(root, folder))) {
      if (!/^(?:src|package\.json|tsconfig.*\.json|.*\.mjs)$/.test(name)) continue
      const filter = (path: string): boolean => !/\.test\.tsx?$/.test(path)
      cpSync(join(root, folder, name), join(site, folder, name), { recursive: true, filter })
    }
  }
  for (const name of ['package.json', 'tsconfig.base.json']) cpSync(join(root, name), join(site, name))
  const { packages } = LOCK.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  for (const [path, { dev, link }] of Object.entries(packages)) {
    // What lies in a package comes with it. What is not there is for other systems.
    const isOwnFolder = /^(?:(?:packages\/)?[^/]+\/)?node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path)
    if (!isOwnFolder || dev === true || !existsSync(join(root, path))) continue
    mkdirSync(dirname(join(site, path)), { recursive: true })
    const target = basename(path) === 'tools' ? 'tools' : join('packages', basename(path))
    symlinkSync(link === true ? join(site, target) : join(root, path), join(site, path))
  }
  return site
}

describe('with only production dependencies installed', () => {
  let site = ''
  beforeAll(() => {
    site = makeSite()
  })
  afterAll(() => rmSync(site, { recursive: true, force: true }))

  /** @returns what it printed, or why it failed */
  const run = (script: string): string => {
    const line = ['--input-type=module', '--eval', script]
    const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: site, encoding: 'utf8' })
    return status === 0 ? stdout : `ended with ${status}: ${stdout}${stderr}`
  }

  it('all sources compile as at the first start, and every package of ours loads', () => {
    expect(existsSync(join(site, 'node_modules/jest'))).toBe(false)
    const compile = `const { compileSources } = await import('./tools/prepare.mjs'); await compileSources(() => {}, false)`
    expect(run(compile)).toBe('')
    const names = readdirSync(join(site, 'packages')).filter((name) => existsSync(join(site, 'packages', name, 'dist')))
    expect(names).toEqual(expect.arrayContaining(['api', 'server', 'simulator', 'workflows']))
    const load = names.map((name) => `await import('@paikea/${name}')`).join('; ')
    expect(run(`${load}; console.log('loaded'); process.exit(0)`)).toBe('loaded\n')
  }, 240_000)

  it('every package that our sources import is present', () => {
    const missing = new Set<string>()
    const folders = [...readdirSync(join(site, 'packages')).map((name) => join('packages', name)), 'tools']
    for (const folder of folders) {
      const sources = readdirSync(join(site, folder, 'src'), { recursive: true, encoding: 'utf8' })
      // The benchmarks install everything first.
      for (const file of sources.filter(
        (name) => /\.tsx?$/.test(name) && !(folder === 'tools' && name.startsWith('bench/')),
      )) {
        const code = readFileSync(join(site, folder, 'src', file), 'utf8').replaceAll(TYPES_ONLY, '')
        for (const [, name = ''] of code.matchAll(FROM_A_PACKAGE)) {
          const isThere = [folder, '.'].some((from) => existsSync(join(site, from, 'node_modules', name)))
          if (!isThere) missing.add(`${name}, which ${folder} imports in ${file}`)
        }
      }
    }
    expect([...missing]).toEqual([])
  })
})
