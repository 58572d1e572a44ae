import { isRefName, resolveRef } from './resolve-ref.ts'

const id = (digit: string): string => digit.repeat(40)
const refs = [
  { name: 'HEAD', oid: id('1'), peeled: null },
  { name: 'refs/heads/main', oid: id('1'), peeled: null },
  { name: 'refs/heads/both', oid: id('2'), peeled: null },
  { name: 'refs/heads/deadbeef', oid: id('5'), peeled: null },
  { name: 'refs/tags/both', oid: id('3'), peeled: null },
  { name: 'refs/tags/v1', oid: id('4'), peeled: id('6') },
  { name: 'refs/tags/same', oid: id('1'), peeled: null },
  { name: 'refs/heads/same', oid: id('1'), peeled: null },
]

describe('resolveRef()', () => {
  it.each([
    ['main', 'refs/heads/main', '1'],
    ['HEAD', 'HEAD', '1'],
    ['v1', 'refs/tags/v1', '6'],
    ['refs/heads/both', 'refs/heads/both', '2'],
    ['same', 'refs/tags/same', '1'],
    ['deadbeef', 'refs/heads/deadbeef', '5'],
    [id('6'), 'refs/tags/v1', '6'],
  ])('resolves %s to %s', (name, refName, commit) => {
    expect(resolveRef(refs, name)).toMatchObject({ kind: 'tip', refName, commit: id(commit) })
  })

  it('leaves a commit id that no ref points to for a search of the history', () => {
    expect(resolveRef(refs, id('A'))).toEqual({ kind: 'commit', oid: id('a') })
    expect(resolveRef(refs, 'ABCDEF')).toEqual({ kind: 'short', prefix: 'abcdef' })
  })

  it.each([
    ['nothing', 'ref-not-found'],
    ['abc', 'ref-not-found'],
    ['both', 'ref-ambiguous'],
    ['a..b', 'ref-invalid'],
  ])('refuses %s', (name, code) => {
    expect(() => resolveRef(refs, name)).toThrow(expect.objectContaining({ code }))
  })
})

describe('isRefName()', () => {
  it.each(['main', 'v1.2.3', 'feature/x', 'refs/tags/ü', 'a-b_c'])('accepts %s', (name) => {
    expect(isRefName(name)).toBe(true)
  })
  it.each([
    '',
    '-x',
    'a b',
    'a\u0000b',
    'a..b',
    'a//b',
    'a/',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a@{1}',
    'a~1',
    'a^',
    'a:b',
    'a\\b',
  ])('refuses %j', (name) => {
    expect(isRefName(name)).toBe(false)
  })
})
