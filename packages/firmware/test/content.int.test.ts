import { type Content, createGitRepository, type GitRepository, VITAL } from '@paikea/firmware/testing'
import { openWorkshop, readBack, type Workshop } from './support/workshop.ts'

let repository: GitRepository
let workshop: Workshop

beforeAll(() => {
  repository = createGitRepository()
  workshop = openWorkshop()
})
afterAll(() => Promise.all([repository.remove(), workshop.remove()]))

/** A path as `git fast-import` takes any bytes: quoted, in octal. */
function bytes(...parts: readonly (string | number)[]): string {
  const octal = parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part)]))
  return `"${octal.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`
}

function without(prefix: string): Record<string, Content> {
  return Object.fromEntries(Object.entries(VITAL).filter(([path]) => !path.startsWith(prefix)))
}

const SOME = 'a'.repeat(40)
const cases: readonly (readonly [string, Record<string, Content>, string, string])[] = [
  ['a symbolic link', { ...VITAL, 'core/link.py': { mode: '120000', data: 'wifi.py' } }, 'symlink', 'core/link.py'],
  ['a submodule', { ...VITAL, 'lib/other': { mode: '160000', data: SOME } }, 'submodule', 'lib/other'],
  ['files that differ in case', { ...VITAL, 'core/Net.py': '1', 'core/net.py': '2' }, 'case-clash', 'core/net.py'],
  ['folders that differ in case', { ...VITAL, 'Core/x.py': '1' }, 'case-clash', 'core'],
  [
    'accents written in two ways',
    { ...VITAL, 'lib/caf\u00e9.py': '1', 'lib/cafe\u0301.py': '2' },
    'name-twin',
    'lib/caf\u00e9.py',
  ],
  ['a name that is not UTF-8', { ...VITAL, [bytes('lib/x', 0xff, '.py')]: '1' }, 'name-not-utf8', 'lib/x\ufffd.py'],
  [
    'a control character',
    { ...VITAL, [bytes('lib/x', 0x07, '.py')]: '1' },
    'name-control-character',
    'lib/x\\u0007.py',
  ],
  ['a backslash', { ...VITAL, [bytes('lib/x\\y.py')]: '1' }, 'name-unsafe', 'lib/x\\y.py'],
  [
    'a path that is too long',
    { ...VITAL, [`lib/${'x'.repeat(300)}`]: '1' },
    'path-too-long',
    `lib/${'x'.repeat(296)}…`,
  ],
  [
    'a Git LFS pointer',
    { ...VITAL, 'lib/big.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${SOME}\nsize 12345\n` },
    'lfs-pointer',
    'lib/big.bin',
  ],
  [
    'a file that is too large',
    { ...VITAL, 'lib/big.bin': Buffer.alloc(4 * 1024 * 1024 + 1) },
    'file-too-large',
    'lib/big.bin',
  ],
  [
    'files that are too large together',
    { ...VITAL, ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`lib/${i}.bin`, Buffer.alloc(4 * 1024 * 1024, i)])) },
    'release-too-large',
    'lib/4.bin',
  ],
  ['no core/', without('core/'), 'vital-part-missing', 'core/'],
  ['no apps/__init__.py', without('apps/__init__.py'), 'vital-part-missing', 'apps/__init__.py'],
  ['no apps/ota/', without('apps/ota/'), 'vital-part-missing', 'apps/ota/'],
  ['no apps/updatepy/', without('apps/updatepy/'), 'vital-part-missing', 'apps/updatepy/'],
  ['a core/ that .paikeaignore leaves out', { ...VITAL, '.paikeaignore': 'core/\n' }, 'vital-part-missing', 'core/'],
]

describe('a commit with', () => {
  it.each(cases)('%s is refused with its path', async (_name, files, code, path) => {
    repository.commit(files)
    const error = await workshop.fail(repository.path, 'main')
    expect(error).toMatchObject({ code: 'content-refused', reaction: 'refuse' })
    expect(error.problems).toContainEqual(expect.objectContaining({ code, path }))
  })

  it('several faults is refused with all of them', async () => {
    repository.commit({
      ...without('apps/ota/'),
      'core/link.py': { mode: '120000', data: 'x' },
      'lib/Y': '',
      'lib/y': '',
    })
    const error = await workshop.fail(repository.path, 'main')
    expect(error.problems.map(({ code }) => code)).toEqual(['symlink', 'case-clash', 'vital-part-missing'])
  })
})

describe('a release', () => {
  const noise = {
    '.gitignore': 'x',
    '.github/workflows/ci.yml': 'x',
    'README.md': 'x',
    LICENSE: 'x',
    'core/.hidden': 'kept',
    'core/README.md': 'kept',
  }

  it('leaves out hidden names, READMEs and licences at the top level, but nothing inside folders', async () => {
    repository.commit({ ...VITAL, ...noise })
    const files = await readBack(await workshop.make(repository.path, 'main'), workshop.blobs)
    expect(files).toEqual({ ...VITAL, 'core/.hidden': 'kept', 'core/README.md': 'kept' })
  })

  it('leaves out what .paikeaignore lists instead, even a symbolic link', async () => {
    const rules = '# for people only\n/docs/\n*.md\n!core/README.md\n'
    const docs: Record<string, Content> = {
      'docs/a/b.txt': 'x',
      'docs/link': { mode: '120000', data: 'x' },
      'notes.md': 'x',
    }
    repository.commit({ ...VITAL, ...docs, 'core/README.md': 'kept', LICENSE: 'kept', '.paikeaignore': rules })
    const files = await readBack(await workshop.make(repository.path, 'main'), workshop.blobs)
    expect(files).toEqual({ ...VITAL, 'core/README.md': 'kept', LICENSE: 'kept' })
  })

  it('keeps all bytes as they were committed', async () => {
    const all = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256))
    repository.commit({
      ...VITAL,
      'lib/all.bin': all,
      'lib/crlf.txt': 'a\r\nb\n',
      'lib/run.sh': { mode: '100755', data: '#!' },
    })
    const release = await workshop.make(repository.path, 'main')
    const file = release.files.find(({ path }) => path === 'lib/all.bin')
    expect(await workshop.blobs.get(file?.sha256 ?? '')).toEqual(all)
    expect(release.files.find(({ path }) => path === 'lib/crlf.txt')?.bytes).toBe(5)
  })

  it('may have no files at the top level', async () => {
    repository.commit(Object.fromEntries(Object.entries(VITAL).filter(([path]) => path.includes('/'))))
    await expect(workshop.make(repository.path, 'main')).resolves.toMatchObject({ refName: 'refs/heads/main' })
  })
})
