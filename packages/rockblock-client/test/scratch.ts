/** The package as a stranger gets it: built, packed, and installed into a folder outside the repository. */
import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const PACKAGE_DIR: string = join(import.meta.dirname, '..')
export const ROOT: string = join(PACKAGE_DIR, '..', '..')
export const DENO: string = join(ROOT, 'node_modules', '.bin', 'deno')
const TSC = join(ROOT, 'node_modules', '.bin', 'tsc')

export interface PackedFile {
  readonly path: string
  readonly size: number
}

export interface Packed {
  readonly name: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly PackedFile[]
}

export interface Scratch {
  readonly folder: string
  readonly packed: Packed
  write(name: string, text: string): string
  /** Runs a program to its end and answers what it printed; rejects with its output if it fails. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>
  remove(): void
}

/** Builds into a folder of its own, so that nothing stale is packed and nobody's `dist` changes under them. */
export async function createScratch(): Promise<Scratch> {
  // The real path: macOS links its temporary folder, and module resolution sees through the link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rockblock-client-')))
  const staging = join(folder, 'staging')
  for (const name of ['src', 'docs', 'package.json', 'README.md', 'LICENSE']) {
    cpSync(join(PACKAGE_DIR, name), join(staging, name), { recursive: true })
  }
  const out = ['--outDir', join(staging, 'dist'), '--tsBuildInfoFile', join(folder, 'tsbuildinfo')]
  await run(TSC, ['-p', join(PACKAGE_DIR, 'tsconfig.build.json'), ...out])
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: staging })
  const packed = packReport(JSON.parse(stdout))
  const tarball = join(folder, `${packed.name.replace('@', '').replace('/', '-')}-${versionOf(staging)}.tgz`)

  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }')
  // No dependency, so no registry is asked.
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project })
  for (const name of ['koa', 'express', '@types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name))
  }
  return {
    folder: project,
    packed,
    write: (name, text) => {
      writeFileSync(join(project, name), text)
      return join(project, name)
    },
    run: async (command, args, env = {}) => {
      const options = { cwd: project, env: { ...process.env, NO_COLOR: '1', ...env } }
      const { stdout: printed } = await run(command, [...args], options)
      return printed
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Type-checks files of the scratch project with the repository's compiler and answers what it finds. */
export async function typeCheck(scratch: Scratch, files: readonly string[], args: readonly string[]): Promise<string> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--ignoreConfig']
  const target = ['--target', 'ES2022', '--lib', 'ES2023,DOM,DOM.Iterable']
  try {
    return await scratch.run(TSC, [...strict, ...target, ...args, ...files])
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

export interface Running {
  readonly output: () => string
  stop(): Promise<void>
}

/** Starts a program that stays; it is ended by `stop`. */
export function start(
  scratch: Scratch,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const child = spawn(command, [...args], { cwd: scratch.folder, env: { ...process.env, NO_COLOR: '1', ...env } })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return {
    output: () => output,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** `npm pack --json` answers an array, and since npm 12 an object by name. */
function packReport(value: unknown): Packed {
  const reports: unknown[] = Array.isArray(value) ? value : Object.values(value as object)
  // The shape is npm's; a wrong one fails the first assertion that looks at it.
  return reports[0] as Packed
}

function versionOf(folder: string): string {
  return String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
}
