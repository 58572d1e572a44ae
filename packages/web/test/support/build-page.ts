import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Folder of the web package. */
export const WEB = join(import.meta.dirname, '..', '..')
const PACKAGES = join(WEB, '..')

/** What goes into the page: its own files, those of the packages it takes in, and what is installed. */
const INPUTS = [
  ...['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(WEB, name)),
  ...['packets', 'domain'].map((name) => join(PACKAGES, name, 'src')),
  join(PACKAGES, '..', 'package-lock.json'),
]

/** Builds the page where the built one is older than what it is made of: two suites and `npm run build` share it. */
export async function buildPage(): Promise<void> {
  const built = join(WEB, 'dist', 'index.html')
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...INPUTS.map(newestIn))) return
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  // In a process of its own: Vite is an ES module only, which Jest's CommonJS cannot load.
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: WEB,
    // Else React's larger build for developers is made.
    env: { ...process.env, NODE_ENV: 'production' },
  })
}

function newestIn(path: string): number {
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  const below = readdirSync(path, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(path, name)).mtimeMs,
  )
  return Math.max(own.mtimeMs, ...below)
}
