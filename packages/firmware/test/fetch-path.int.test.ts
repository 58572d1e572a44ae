import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGitRepository, type GitRepository, VITAL } from '@paikea/firmware/testing'
import { canMount, mountSmallDisk } from './support/small-disk.ts'
import { openWorkshop, readBack, type Workshop } from './support/workshop.ts'

let repository: GitRepository
let workshop: Workshop
let commits: readonly string[] = []

beforeAll(() => {
  repository = createGitRepository()
  commits = repository.commitAll(
    Array.from({ length: 800 }, (_, i) => ({
      ...VITAL,
      'core/count.py': `N = ${i}\n`,
      'README.md': 'x',
      '.github/ci.yml': 'x',
    })),
  )
  repository.git('tag', '-a', 'v1', '-m', 'first', at(100))
  repository.git('tag', '-a', 'v1-again', '-m', 'a tag of a tag', 'v1')
  repository.git('tag', 'light', at(150))
  repository.git('branch', 'feature/deep/name', at(200))
})
beforeEach(() => {
  workshop = openWorkshop()
})
afterEach(() => workshop.remove())
afterAll(() => repository.remove())

function at(index: number): string {
  return commits[index] ?? ''
}

const count = (n: number): string => `N = ${n}\n`

describe('makeRelease() from a path', () => {
  it.each([
    ['main', () => 'main', 799, 'refs/heads/main', false],
    ['a branch with slashes', () => 'feature/deep/name', 200, 'refs/heads/feature/deep/name', false],
    ['an annotated tag older than every tip', () => 'v1', 100, 'refs/tags/v1', true],
    ['a tag of a tag', () => 'v1-again', 100, 'refs/tags/v1-again', true],
    ['a lightweight tag', () => 'light', 150, 'refs/tags/light', false],
    ['a full ref name', () => 'refs/tags/light', 150, 'refs/tags/light', false],
    ['a full commit id that no ref points to', () => at(17), 17, null, false],
    ['a commit id in upper case', () => at(18).toUpperCase(), 18, null, false],
    ['an abbreviated commit id', () => at(42).slice(0, 12), 42, null, false],
  ])('fetches %s', async (_name, ref, index, refName, isAnnotated) => {
    const release = await workshop.make(repository.path, ref())
    expect(release).toMatchObject({ commit: at(index), refName, subject: 'change' })
    expect(release.tagObject === null).toBe(!isAnnotated)
    const files = await readBack(release, workshop.blobs)
    expect(files).toEqual({ ...VITAL, 'core/count.py': count(index) })
    expect(await readdir(join(workshop.base, 'tmp'))).toEqual([])
  })

  it('lists an empty file with its size, SHA-1 and SHA-256', async () => {
    const release = await workshop.make(repository.path, 'main')
    const file = release.files.find(({ path }) => path === 'apps/__init__.py')
    expect(file).toEqual({
      path: 'apps/__init__.py',
      bytes: 0,
      sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    })
  })

  it.each([
    ['an unknown name', 'nothing', 'ref-not-found'],
    ['a missing commit', 'a'.repeat(40), 'ref-not-found'],
    ['a name that could be an option', '--upload-pack=x', 'ref-invalid'],
    ['a name with a blank', 'a b', 'ref-invalid'],
    ['a name that leaves the folder', 'refs/../x', 'ref-invalid'],
  ])('refuses %s', async (_name, ref, code) => {
    const error = await workshop.fail(repository.path, ref)
    expect(error).toMatchObject({ code, reaction: 'refuse' })
  })

  it('refuses an abbreviated id that matches several commits as ambiguous', async () => {
    const digits = commits.map((commit) => commit.slice(0, 4))
    const prefix = digits.find((four, index) => digits.indexOf(four) !== index) ?? 'no two commits share four digits'
    expect(await workshop.fail(repository.path, prefix)).toMatchObject({ code: 'ref-ambiguous', reaction: 'refuse' })
  })

  it('refuses a name shared by a tag and a branch as ambiguous, but accepts the full ref name', async () => {
    repository.git('branch', 'both', at(1))
    repository.git('tag', 'both', at(2))
    expect(await workshop.fail(repository.path, 'both')).toMatchObject({ code: 'ref-ambiguous' })
    expect(await workshop.make(repository.path, 'refs/heads/both')).toMatchObject({ commit: at(1) })
    repository.git('branch', '-D', 'both')
    repository.git('tag', '-d', 'both')
  })

  it('does not need a HEAD that points to an existing branch', async () => {
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/gone')
    const release = await workshop.make(repository.path, 'v1')
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/main')
    expect(release.commit).toBe(at(100))
  })

  it('refuses a tag that points to a tree', async () => {
    repository.git('tag', 'tree', `${at(5)}^{tree}`)
    expect(await workshop.fail(repository.path, 'tree')).toMatchObject({ code: 'not-a-commit', reaction: 'refuse' })
    repository.git('tag', '-d', 'tree')
  })

  it('lists the refs, with the peeled commit of an annotated tag', async () => {
    const { refs } = await workshop.make(repository.path, 'main')
    expect(refs).toContainEqual({ name: 'refs/tags/light', oid: at(150), peeled: null })
    expect(refs.find(({ name }) => name === 'refs/tags/v1')?.peeled).toBe(at(100))
  })

  it('fails with park for a repository that is empty, in another format, or missing', async () => {
    const empty = createGitRepository()
    const modern = createGitRepository({ format: 'sha256' })
    modern.commit(VITAL)
    expect(await workshop.fail(empty.path, 'main')).toMatchObject({ code: 'repository-empty', reaction: 'park' })
    expect(await workshop.fail(modern.path, 'main')).toMatchObject({ code: 'repository-format', reaction: 'park' })
    expect(await workshop.fail('/nowhere/at/all', 'main')).toMatchObject({
      code: 'repository-not-found',
      reaction: 'park',
    })
    expect(await workshop.fail(workshop.base, 'main')).toMatchObject({ code: 'repository-not-found', reaction: 'park' })
    await Promise.all([empty.remove(), modern.remove()])
  })

  it('reports a blob that is missing from the repository', async () => {
    const broken = createGitRepository()
    broken.commit({ ...VITAL, 'core/lost.py': 'lost for ever\n' })
    const id = broken.git('rev-parse', 'main:core/lost.py')
    await rm(join(broken.path, 'objects', id.slice(0, 2), id.slice(2)))
    expect(await workshop.fail(broken.path, 'main')).toMatchObject({ code: 'repository-damaged', reaction: 'park' })
    await broken.remove()
  })

  it('detects a stored blob changed on disk, and restores it with the next release', async () => {
    const release = await workshop.make(repository.path, 'main')
    const file = release.files.find(({ path }) => path === 'boot.py')
    const sha256 = file?.sha256 ?? ''
    const path = join(workshop.base, 'blobs', sha256.slice(0, 2), sha256)
    await chmod(path, 0o600)
    await writeFile(path, 'import evil\n')
    await expect(workshop.blobs.get(sha256)).rejects.toMatchObject({ name: 'BlobDamagedError' })
    await workshop.make(repository.path, 'main')
    expect((await workshop.blobs.get(sha256)).toString()).toBe('import core\n')
  })

  it('ends when aborted, leaving no temporary files', async () => {
    const controller = new AbortController()
    const onProgress = (): void => controller.abort(new Error('called off'))
    await expect(workshop.make(repository.path, 'main', { signal: controller.signal, onProgress })).rejects.toThrow(
      'called off',
    )
    expect(await readdir(join(workshop.base, 'tmp'))).toEqual([])
  })

  describe('with signers configured', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paikea-signers-'))
    const signersFile = join(folder, 'signers')
    const sign = (name: string, key: string): void => {
      const ssh = ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${join(folder, key)}`]
      repository.git(...ssh, 'tag', '-s', name, '-m', name, at(30))
    }
    beforeAll(() => {
      for (const key of ['ours', 'other']) {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
      }
      const [type = '', key = ''] = readFileSync(join(folder, 'ours.pub'), 'utf8').split(' ')
      writeFileSync(signersFile, `releases@example.org ${type} ${key}\n`)
      sign('signed', 'ours')
      sign('signed-by-another', 'other')
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it('accepts a tag of theirs and reports the signer, and reports another tag as unsigned', async () => {
      expect((await workshop.make(repository.path, 'signed', { signersFile })).signature).toEqual({
        state: 'verified',
        signer: 'releases@example.org',
      })
      expect((await workshop.make(repository.path, 'v1', { signersFile })).signature).toEqual({
        state: 'unsigned',
        signer: null,
      })
      expect((await workshop.make(repository.path, 'signed')).signature).toBeNull()
    })

    it('refuses a tag signed by somebody else, or changed after signing', async () => {
      expect(await workshop.fail(repository.path, 'signed-by-another', { signersFile })).toMatchObject({
        code: 'signature-refused',
        reaction: 'refuse',
      })
      const forged = repository.git('cat-file', 'tag', 'signed').replace(at(30), at(31))
      const id = execFileSync('git', ['-C', repository.path, 'hash-object', '-t', 'tag', '-w', '--stdin'], {
        input: `${forged}\n`,
      })
      repository.git('tag', 'forged', id.toString().trim())
      expect(await workshop.fail(repository.path, 'forged', { signersFile })).toMatchObject({
        code: 'signature-refused',
      })
    })
  })
})

const describeOnDisk = canMount || process.env['CI'] ? describe : describe.skip

describeOnDisk('makeRelease() on a full disk', () => {
  it('reports disk-full at every stage, leaves no partial files, and succeeds when there is room', async () => {
    const large = createGitRepository()
    const bytes = randomBytes(60_000).toString('hex')
    large.commit({ ...VITAL, 'core/large.py': bytes })
    const disk = await mountSmallDisk(600)
    const small = openWorkshop(disk.folder)
    try {
      // In the folder of the fetch, in the middle of the pack, and when the files are kept.
      for (const leaveBytes of [0, 30_000, 140_000]) {
        const makeRoom = disk.fill(leaveBytes)
        const error = await small.fail(large.path, 'main')
        expect([leaveBytes, error.code, error.reaction]).toEqual([leaveBytes, 'disk-full', 'retry'])
        expect(error.whatToDo).toContain('PAIKEA_FIRMWARE_BASE')
        makeRoom()
        expect(existsSync(join(disk.folder, 'tmp')) ? await readdir(join(disk.folder, 'tmp')) : []).toEqual([])
      }
      const release = await small.make(large.path, 'main')
      expect(await readBack(release, small.blobs)).toEqual({ ...VITAL, 'core/large.py': bytes })
    } finally {
      await disk.remove()
      await large.remove()
    }
  })
})
