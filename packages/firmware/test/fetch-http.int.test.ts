import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lookUpRef } from '@paikea/firmware'
import {
  createGitRepository,
  type GitHttpServer,
  type GitRepository,
  startGitHttpServer,
  VITAL,
} from '@paikea/firmware/testing'
import { openWorkshop, readBack, type Workshop } from './support/workshop.ts'

const TOKEN = 'tok-3f9a-secret'

let repository: GitRepository
let server: GitHttpServer
let workshop: Workshop
let commits: readonly string[] = []

beforeAll(async () => {
  repository = createGitRepository()
  commits = repository.commitAll(Array.from({ length: 300 }, (_, i) => ({ ...VITAL, 'core/count.py': `N = ${i}\n` })))
  repository.git('tag', '-a', 'v1', '-m', 'first', commits[100] ?? '')
  server = await startGitHttpServer(repository.path, TOKEN)
})
beforeEach(() => {
  workshop = openWorkshop()
  Object.assign(server, { intercept: null, tamper: null })
})
afterEach(() => workshop.remove())
afterAll(async () => {
  await server.stop()
  await repository.remove()
})

const make = (ref: string, options: Parameters<Workshop['make']>[2] = {}) =>
  workshop.make(server.address(), ref, { token: TOKEN, ...options })
const fail = (options: Parameters<Workshop['make']>[2] = {}) =>
  workshop.fail(server.address(), 'main', { token: TOKEN, ...options })

describe('makeRelease() over HTTP', () => {
  it.each([
    ['a branch', () => 'main', 299],
    ['a tag behind every branch', () => 'v1', 100],
    ['a full commit id', () => commits[17] ?? '', 17],
    ['an abbreviated commit id', () => (commits[42] ?? '').slice(0, 12), 42],
  ])('fetches %s', async (_name, ref, index) => {
    const release = await make(ref())
    expect(release.commit).toBe(commits[index])
    expect(await readBack(release, workshop.blobs)).toEqual({ ...VITAL, 'core/count.py': `N = ${index}\n` })
  })

  it('looks up the commit of a ref without fetching, and returns null for an abbreviated id', async () => {
    const settings = { repository: server.address(), token: TOKEN, base: workshop.base }
    const { signal } = new AbortController()
    const found = await lookUpRef(settings, 'v1', { signal })
    expect(found).toMatchObject({ commit: commits[100], refName: 'refs/tags/v1' })
    expect(found?.refs.get('refs/tags/v1')).toBe(commits[100])
    expect(await lookUpRef(settings, (commits[42] ?? '').slice(0, 12), { signal })).toBeNull()
  })

  it.each([[null], ['wrong']])('fails with park when the log-in is refused (token %s)', async (token) => {
    const error = await fail({ token })
    expect(error).toMatchObject({ code: 'login-refused', reaction: 'park' })
    expect(error.whatToDo).toMatch(/PAIKEA_FIRMWARE_TOKEN/u)
  })

  it('fails with park for a missing repository and for a server that is not git', async () => {
    expect(await workshop.fail(server.address('other.git'), 'main', { token: TOKEN })).toMatchObject({
      code: 'repository-not-found',
      reaction: 'park',
    })
    server.intercept = (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>')
      return true
    }
    expect(await fail()).toMatchObject({ code: 'not-a-repository', reaction: 'park' })
  })

  it('fails with retry after HTTP 503 and when nobody listens', async () => {
    server.intercept = (_req, res) => {
      res.writeHead(503).end('busy')
      return true
    }
    expect(await fail()).toMatchObject({ code: 'server-error', reaction: 'retry' })
    const gone = await startGitHttpServer(repository.path)
    await gone.stop()
    expect(await workshop.fail(gone.address(), 'main')).toMatchObject({ code: 'host-unreachable', reaction: 'retry' })
  })

  it('follows a redirect on the same host only, and sends the token nowhere else', async () => {
    const seen: (string | undefined)[] = []
    const other = createServer((req, res) => {
      seen.push(req.headers.authorization)
      res.end()
    })
    const otherPort = await listen(other)
    server.intercept = (req, res) => {
      if (!(req.url ?? '').startsWith('/old.git')) return false
      res.writeHead(301, { Location: (req.url ?? '').replace('/old.git', '/firmware.git') }).end()
      return true
    }
    const moved = await workshop.make(server.address('old.git'), 'main', { token: TOKEN })
    expect(moved.commit).toBe(commits[299])
    server.intercept = (req, res) => {
      res.writeHead(302, { Location: `http://localhost:${otherPort}${req.url ?? ''}` }).end()
      return true
    }
    expect(await fail()).toMatchObject({ code: 'redirected', reaction: 'park' })
    expect(seen).toEqual([])
    await close(other)
  })

  it('fails with retry for a server that stays silent or stalls half-way', async () => {
    server.intercept = () => true
    expect(await fail({ limits: { connectMs: 300 } })).toMatchObject({ code: 'host-silent', reaction: 'retry' })
    server.intercept = null
    server.tamper = (piece, sent) => (sent > 0 ? 'hang' : piece.subarray(0, 300))
    expect(await fail({ limits: { idleMs: 300 } })).toMatchObject({ code: 'transfer-stalled', reaction: 'retry' })
  })

  it('fails with retry when the pack is cut off, damaged or empty', async () => {
    server.tamper = (_piece, sent) => (sent === 0 ? _piece.subarray(0, 300) : null)
    expect(await fail()).toMatchObject({ code: 'transfer-broken', reaction: 'retry' })
    server.tamper = (piece) => {
      const at = piece.indexOf('PACK') + 40
      if (at < 40 || at >= piece.length) return piece
      const damaged = Buffer.from(piece)
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at)
      return damaged
    }
    expect(await fail()).toMatchObject({ code: 'transfer-broken', reaction: 'retry' })
    server.intercept = (req, res) => {
      if (req.method !== 'POST') return false
      res.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-result' }).end('0008NAK\n0000')
      return true
    }
    expect(await fail()).toMatchObject({ code: 'transfer-broken', reaction: 'retry' })
  })

  it.each([
    ['ERR upload-pack: not our ref abc', 'ref-not-found', 'refuse'],
    ['ERR the disk is on fire', 'server-error', 'retry'],
    ['\u0003fatal: unable to read 0123', 'repository-damaged', 'park'],
  ])('understands %j from the server instead of a pack', async (words, code, reaction) => {
    server.intercept = (req, res) => {
      if (req.method !== 'POST') return false
      const line = (text: string): string => (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
      res.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-result' })
      res.end(`${line('NAK\n')}${line(words)}0000`)
      return true
    }
    expect(await fail()).toMatchObject({ code, reaction })
  })

  it('reports a blob that is missing on the server', async () => {
    const broken = createGitRepository()
    broken.commit({ ...VITAL, 'core/lost.py': 'lost for ever\n' })
    const id = broken.git('rev-parse', 'main:core/lost.py')
    await rm(join(broken.path, 'objects', id.slice(0, 2), id.slice(2)))
    const other = await startGitHttpServer(broken.path)
    const error = await workshop.fail(other.address(), 'main')
    expect(error).toMatchObject({ code: 'repository-damaged', reaction: 'park' })
    await other.stop()
    await broken.remove()
  })

  it('fails with park when the certificate is not valid', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paikea-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=x',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_req, res) => res.end())
    const port = await listen(tls)
    const error = await workshop.fail(`https://127.0.0.1:${port}/firmware.git`, 'main', { token: TOKEN })
    expect(error).toMatchObject({ code: 'certificate-refused', reaction: 'park' })
    await close(tls)
    rmSync(folder, { recursive: true })
  })

  it('never reveals the token in an error', async () => {
    const error = await fail({ token: 'wrong-but-secret' })
    expect(JSON.stringify([error.message, error.whatToDo, String(error.cause), error.stack])).not.toContain('wrong-but')
  })
})

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
