import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file of a commit: text, bytes, or an entry of another mode. */
export type Content = string | Buffer | { readonly mode: '100755' | '120000' | '160000'; readonly data: string }

/** A real bare repository, written by `git fast-import`. */
export interface GitRepository {
  readonly path: string
  /** Commits on a branch, on top of its head. The given files are the whole tree. @returns the commit's id */
  commit(
    files: Readonly<Record<string, Content>>,
    options?: { readonly branch?: string; readonly message?: string },
  ): string
  /** Adds many commits at once, each on top of the one before. @returns their ids, oldest first */
  commitAll(trees: readonly Readonly<Record<string, Content>>[]): readonly string[]
  /** Runs git in the repository. @returns what it printed, trimmed */
  git(...args: readonly string[]): string
  remove(): Promise<void>
}

/** What a device needs to boot again, plus one more file. */
export const VITAL: Readonly<Record<string, Content>> = {
  'boot.py': 'import core\n',
  'main.py': '',
  'core/__init__.py': 'VERSION = 1\n',
  'core/net/wifi.py': 'SSID = None\n',
  'apps/__init__.py': '',
  'apps/ota/__init__.py': 'run = None\n',
  'apps/updatepy/__init__.py': 'run = None\n',
}

const env = {
  ...process.env,
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.org',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
}

/** Creates an empty bare repository with the branch `main` as its HEAD. */
export function createGitRepository(options: { readonly format?: 'sha1' | 'sha256' } = {}): GitRepository {
  const path = join(mkdtempSync(join(tmpdir(), 'paikea-repo-')), 'firmware.git')
  const { format = 'sha1' } = options
  execFileSync('git', ['init', '-q', '--bare', '--initial-branch=main', `--object-format=${format}`, path], { env })
  let clock = 1_700_000_000
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .trim()
  const importTrees = (trees: readonly Readonly<Record<string, Content>>[], branch: string, message: string): void => {
    const parts: Buffer[] = []
    const line = (text: string): void => void parts.push(Buffer.from(`${text}\n`))
    const data = (bytes: Buffer): void => {
      line(`data ${bytes.length}`)
      parts.push(bytes, Buffer.from('\n'))
    }
    const hasParent = exists(git, `refs/heads/${branch}`)
    for (const [index, files] of trees.entries()) {
      clock += 60
      line(`commit refs/heads/${branch}`)
      line(`committer T <t@example.org> ${clock} +0000`)
      data(Buffer.from(message))
      if (hasParent && index === 0) line(`from refs/heads/${branch}^0`)
      line('deleteall')
      for (const [name, content] of Object.entries(files)) {
        if (typeof content === 'string' || content instanceof Uint8Array) {
          line(`M 100644 inline ${name}`)
          data(Buffer.from(content))
        } else if (content.mode === '160000') {
          line(`M 160000 ${content.data} ${name}`)
        } else {
          line(`M ${content.mode} inline ${name}`)
          data(Buffer.from(content.data))
        }
      }
    }
    line('done')
    const input = Buffer.concat(parts)
    execFileSync('git', ['-C', path, 'fast-import', '--quiet', '--done'], {
      env,
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }
  return {
    path,
    git,
    commit(files, { branch = 'main', message = 'change' } = {}) {
      importTrees([files], branch, message)
      return git('rev-parse', `refs/heads/${branch}`)
    },
    commitAll(trees) {
      importTrees(trees, 'main', 'change')
      return git('rev-list', '--reverse', `-n${trees.length}`, 'main').split('\n')
    },
    remove: () => rm(join(path, '..'), { recursive: true, force: true }),
  }
}

function exists(git: GitRepository['git'], ref: string): boolean {
  try {
    git('rev-parse', '--verify', '-q', ref)
    return true
  } catch {
    return false
  }
}
