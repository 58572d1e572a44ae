import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A finding of the linter. */
export interface Diagnostic {
  readonly code: string
  readonly filename: string
}

/** npm puts the type-aware linter's folder on the path; running Jest directly does not. */
const PATH = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)

async function lint(folder: string, ...flags: string[]): Promise<readonly Diagnostic[]> {
  const program = join(root, 'node_modules/oxlint/bin/oxlint')
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '-f', 'json', ...flags],
      { cwd: folder, maxBuffer: 2 ** 26, env: { ...process.env, PATH } },
      (error, stdout) => {
        try {
          // The linter's own format; if it changes, the tests below fail.
          resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
        } catch {
          reject(error ?? new Error(stdout))
        }
      },
    )
  })
}

/** Writes files into a separate folder, beside this repository's rules. */
async function plant(files: readonly (readonly [string, string])[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-walls-'))
  await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  await mkdir(join(folder, 'tools'))
  await cp(join(root, 'tools/lint'), join(folder, 'tools/lint'), { recursive: true })
  for (const [path, source] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), `${source}\n`)
  }
  return folder
}

/** Lints these files (path and source) by this repository's rules. */
export async function lintPlanted(
  files: readonly (readonly [string, string])[],
  ...flags: string[]
): Promise<readonly Diagnostic[]> {
  const folder = await plant(files)
  try {
    return await lint(folder, ...flags)
  } finally {
    await rm(folder, { recursive: true })
  }
}
