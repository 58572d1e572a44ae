import { describeSource, parseSource } from './source.ts'

describe('parseSource()', () => {
  it.each([
    ['git@github.com:org/name.git', { kind: 'ssh', user: 'git', host: 'github.com', port: null, path: 'org/name.git' }],
    ['ssh://git@host:2222/srv/x.git', { kind: 'ssh', user: 'git', host: 'host', port: 2222, path: '/srv/x.git' }],
    ['ssh://host/~git/x.git', { kind: 'ssh', user: null, host: 'host', port: null, path: '~git/x.git' }],
    ['https://host/org/x.git/', { kind: 'http', url: 'https://host/org/x.git', user: null, token: null }],
    ['https://me:p%40ss@host/x.git', { kind: 'http', url: 'https://host/x.git', user: 'me', token: 'p@ss' }],
    ['/srv/firmware', { kind: 'path', path: '/srv/firmware' }],
    ['/srv/a:b', { kind: 'path', path: '/srv/a:b' }],
    ['file:///srv/firmware', { kind: 'path', path: '/srv/firmware' }],
  ])('reads %s', (text, expected) => {
    expect(parseSource(text)).toEqual(expected)
  })

  it.each([
    ['', 'empty'],
    ['ftp://host/x.git', 'not an https, ssh or file URL'],
    ['ssh://host/', 'path of the repository is missing'],
    ['git@host:-oProxyCommand=x', 'dash'],
    ['ssh://-oProxyCommand=x/y', 'parsed as a URL|dash'],
    ['https://host/a b', 'blanks'],
  ])('refuses %j', (text, why) => {
    expect(() => parseSource(text)).toThrow(new RegExp(why, 'u'))
  })

  it('allows a token over plain http only to this machine', () => {
    expect(() => parseSource('http://host/x.git', 'tok')).toThrow(/https only/u)
    expect(parseSource('http://127.0.0.1:81/x.git', 'tok')).toMatchObject({ token: 'tok' })
  })
})

describe('describeSource()', () => {
  it('names the repository without the log-in of an https URL', () => {
    expect(describeSource(parseSource('https://me:secret@host/x.git'))).toBe('https://host/x.git')
    expect(describeSource(parseSource('git@host:org/x.git'))).toBe('ssh://git@host/org/x.git')
  })
})
