import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeRelease, openBlobStore } from '@paikea/firmware'
import { createGitRepository, startSshServer, VITAL } from '@paikea/firmware/testing'
import { overRounds } from '../figures.ts'
import type { Section } from './section.ts'

const COMMITS = 300
const FILES = 60
const FILE_BYTES = 10_000
/** A fetch is short: each round takes the median of this many. */
const TIMES = 5

/**
 * A release from a repository over SSH: fetched, every file hashed and stored durably; compared with `git clone` of the
 * same.
 */
export const fetchRelease: Section = {
  name: 'fetch',
  about: `a release of ${FILES} files and ${COMMITS} commits over SSH, beside git clone`,
  async measure(run) {
    const repository = createGitRepository()
    repository.commitAll(Array.from({ length: COMMITS }, (_, index) => buildTree(index)))
    const ssh = await startSshServer()
    try {
      const address = ssh.address(repository.path)
      const git = `ssh -F none -i ${ssh.key} -o UserKnownHostsFile=${ssh.knownHosts} -o IdentitiesOnly=yes -o BatchMode=yes`
      const rounds: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds * TIMES; round += 1) {
        const shallowMs = await timeIn((folder) => clone(git, ['--depth', '1', address, join(folder, 'clone')]))
        const wholeMs = await timeIn((folder) => clone(git, [address, join(folder, 'clone')]))
        const releaseMs = await timeIn(async (base) => {
          const settings = { repository: address, base, deployKey: ssh.key, knownHostsFile: ssh.knownHosts }
          const { signal } = new AbortController()
          const release = await makeRelease({ settings, blobs: openBlobStore(base), ref: 'main', signal })
          if (release.files.length !== FILES) throw new Error(`${release.files.length} files instead of ${FILES}`)
        })
        rounds.push({ releaseMs, shallowMs, wholeMs, ofShallow: releaseMs / shallowMs, ofWhole: releaseMs / wholeMs })
      }
      return [overRounds(`release beside git clone (--depth 1, whole)`, rounds, '≤ 2.5 of git')]
    } finally {
      await ssh.stop()
      await repository.remove()
    }
  },
}

/** One file changes with each commit. */
function buildTree(index: number): Record<string, string> {
  const tree: Record<string, string> = {}
  const names = Object.keys(VITAL)
  for (let nth = names.length; nth < FILES; nth += 1) names.push(`core/part${nth % 5}/file${nth}.py`)
  names.forEach((name, nth) => {
    // The latest commit that changed this file; its content names that commit.
    const changed = index - ((index - nth) % FILES)
    tree[name] = contentOf(`${name}/${changed}`)
  })
  return tree
}

const contents = new Map<string, string>()

function contentOf(key: string): string {
  const known = contents.get(key) ?? randomBytes(FILE_BYTES / 2).toString('hex')
  contents.set(key, known)
  return known
}

async function clone(ssh: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, GIT_SSH_COMMAND: ssh, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  await promisify(execFile)('git', ['clone', '-q', ...args], { env })
}

async function timeIn(work: (folder: string) => Promise<void>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-bench-fetch-'))
  try {
    const began = performance.now()
    await work(folder)
    return performance.now() - began
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
