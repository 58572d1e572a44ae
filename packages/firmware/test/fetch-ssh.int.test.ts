import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import {
  createGitRepository,
  freePort,
  type GitRepository,
  hasSshd,
  type SshServer,
  startSshServer,
  VITAL,
} from '@paikea/firmware/testing'
import { openWorkshop, readBack, type Workshop } from './support/workshop.ts'

const describeHere = hasSshd || process.env['CI'] ? describe : describe.skip

let repository: GitRepository
let ssh: SshServer
let workshop: Workshop
let commits: readonly string[] = []

describeHere('makeRelease() over SSH', () => {
  beforeAll(async () => {
    repository = createGitRepository()
    commits = repository.commitAll(Array.from({ length: 300 }, (_, i) => ({ ...VITAL, 'core/count.py': `N = ${i}\n` })))
    repository.git('tag', '-a', 'v1', '-m', 'first', commits[100] ?? '')
    repository.git('tag', '-a', 'v1-again', '-m', 'a tag of a tag', 'v1')
    ssh = await startSshServer()
  })
  beforeEach(() => {
    workshop = openWorkshop()
  })
  afterEach(() => workshop.remove())
  afterAll(async () => {
    await ssh.stop()
    await repository.remove()
  })

  const right = () => ({ deployKey: ssh.key, knownHostsFile: ssh.knownHosts })
  const make = (ref: string, options: Parameters<Workshop['make']>[2] = {}) =>
    workshop.make(ssh.address(repository.path), ref, { ...right(), ...options })
  const fail = (address: string, options: Parameters<Workshop['make']>[2] = {}) =>
    workshop.fail(address, 'main', { ...right(), ...options })

  it.each([
    ['a branch', () => 'main', 299],
    ['a tag behind every branch', () => 'v1', 100],
    ['a tag of a tag', () => 'v1-again', 100],
    ['a full commit id that the server does not advertise', () => commits[17] ?? '', 17],
    ['an abbreviated commit id', () => (commits[42] ?? '').slice(0, 12), 42],
  ])('fetches %s', async (_name, ref, index) => {
    const release = await make(ref())
    expect(release.commit).toBe(commits[index])
    expect(await readBack(release, workshop.blobs)).toEqual({ ...VITAL, 'core/count.py': `N = ${index}\n` })
  })

  it('accepts the key itself without its final line break, as a variable holds it', async () => {
    const release = await make('main', { deployKey: readFileSync(ssh.key, 'utf8').trim() })
    expect(release.commit).toBe(commits[299])
  })

  it('fetches from a folder whose name holds blanks, a quotation mark and a shell expansion', async () => {
    const odd = join(ssh.folder, "it's a $(touch x) repository")
    repository.git('clone', '-q', '--bare', repository.path, odd)
    const release = await workshop.make(ssh.address(odd.replaceAll(' ', '%20')), 'main', right())
    expect(release.commit).toBe(commits[299])
  })

  it('is not affected by GIT_PROTOCOL in the environment', async () => {
    process.env['GIT_PROTOCOL'] = 'version=2'
    const release = await make('main')
    delete process.env['GIT_PROTOCOL']
    expect(release.commit).toBe(commits[299])
  })

  it.each<[string, () => Parameters<Workshop['make']>[2], string, RegExp]>([
    ['the wrong key', () => ({ deployKey: ssh.otherKey }), 'key-refused', /read-only deploy key/u],
    ['an invalid key', () => ({ deployKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nx' }), 'key-unreadable', /complete/u],
    ['a missing key file', () => ({ deployKey: '/nowhere/key' }), 'key-unreadable', /can read/u],
    ['a changed host key', () => ({ knownHostsFile: ssh.wrongKnownHosts }), 'host-key-changed', /intercepting/u],
    [
      'a host key that is not pinned',
      () => ({ knownHostsFile: '/nowhere/hosts' }),
      'host-key-unknown',
      /ssh-keyscan -p \d+ 127/u,
    ],
  ])('fails with park for %s, and succeeds when it is cured', async (_name, options, code, whatToDo) => {
    const error = await fail(ssh.address(repository.path), options())
    expect(error).toMatchObject({ code, reaction: 'park' })
    expect(error.whatToDo).toMatch(whatToDo)
    // Cured without a restart.
    expect((await make('main')).commit).toBe(commits[299])
  })

  it('fails with park for a missing repository', async () => {
    expect(await fail(ssh.address('/nowhere.git'))).toMatchObject({ code: 'repository-not-found', reaction: 'park' })
  })

  it('fails with retry when nobody listens or the host name is unknown', async () => {
    const port = await freePort()
    const closed = await fail(`ssh://${ssh.user}@127.0.0.1:${port}/x.git`)
    expect(closed).toMatchObject({ code: 'host-unreachable', reaction: 'retry' })
    const unknown = await fail('git@no-such-host.invalid:x.git')
    expect(unknown).toMatchObject({ code: 'host-not-found', reaction: 'retry' })
  })

  it('gives up on a host that accepts the connection and stays silent', async () => {
    const silent = await listen(() => undefined)
    const error = await fail(`ssh://${ssh.user}@127.0.0.1:${silent.port}/x.git`, { limits: { connectMs: 1000 } })
    expect(error).toMatchObject({ code: 'host-silent', reaction: 'retry' })
    await silent.stop()
  })

  it('gives up on a server whose git stalls', async () => {
    const marker = join(ssh.folder, 'stands-still')
    const script = join(ssh.folder, 'git-upload-pack')
    writeFileSync(script, `#!/bin/sh\necho $$ > ${marker}\nprintf 0045\nexec sleep 600\n`, { mode: 0o755 })
    // The deploy key is bound to a program that says the beginning of a frame and then nothing.
    writeFileSync(
      join(ssh.folder, 'authorized_keys'),
      `command="${script}",restrict ${readFileSync(`${ssh.key}.pub`, 'utf8')}`,
    )
    const error = await fail(ssh.address(repository.path), { limits: { idleMs: 400 } })
    writeFileSync(join(ssh.folder, 'authorized_keys'), `restrict ${readFileSync(`${ssh.key}.pub`, 'utf8')}`)
    expect(error).toMatchObject({ code: 'transfer-stalled', reaction: 'retry' })
    process.kill(Number(readFileSync(marker, 'utf8')), 'SIGKILL')
  })

  it('reports its progress through connecting, receiving and reading', async () => {
    const phases = new Set<string>()
    await make('main', { onProgress: ({ phase }) => void phases.add(phase) })
    expect([...phases]).toEqual(['connecting', 'receiving', 'reading'])
  })

  it('refuses a pack that is too large', async () => {
    const error = await fail(ssh.address(repository.path), { limits: { packBytes: 200 } })
    expect(error).toMatchObject({ code: 'pack-too-large', reaction: 'refuse' })
  })
})

async function listen(onSocket: (socket: Socket) => void): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
