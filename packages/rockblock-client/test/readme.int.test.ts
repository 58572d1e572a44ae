import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, posix } from 'node:path'
import {
  buildSignedWebhook,
  buildWebhook,
  createFakeService,
  generateTestKeys,
  type TestKeys,
} from '../src/testing/mod.ts'
import { listenerOf, withServer } from './ports.ts'
import { createScratch, DENO, PACKAGE_DIR, start, type Scratch } from './scratch.ts'

const SECRET = 'a-long-secret'
const KEY = 'a/300234010753370.12.20211031T104150Z.a591a6d40bf420404a011733cfb7b190'
/** The README and what it links to, by path inside the package. */
const pages = new Map(
  ['README.md', ...readdirSync(join(PACKAGE_DIR, 'docs')).map((name) => `docs/${name}`)].map(
    (path) => [path, readFileSync(join(PACKAGE_DIR, path), 'utf8')] as const,
  ),
)
const text = [...pages.values()].join('\n')
const examples = new Map(
  [...text.matchAll(/<!-- example: (\w+) -->\s+```\w+\n([\s\S]*?)```/g)].map(
    ([, name = '', code = '']) => [name, code] as const,
  ),
)
const run = new Set<string>()

function example(name: string): string {
  run.add(name)
  const code = examples.get(name)
  if (code === undefined) throw new Error(`no page has an example ${name}`)
  return code
}

describe('README.md and docs', () => {
  let scratch: Scratch
  let keys: TestKeys
  beforeAll(async () => {
    ;[scratch, keys] = await Promise.all([createScratch(), generateTestKeys()])
  })
  afterAll(() => scratch?.remove())

  it.each([
    ['koa', 'mjs', process.execPath, []],
    ['express', 'mjs', process.execPath, []],
    ['node', 'mjs', process.execPath, []],
    ['deno', 'ts', DENO, ['run', '--quiet', '--check', '--node-modules-dir=manual', '--allow-env', '--allow-net']],
  ])('%s: receives, verifies, and refuses strangers', async (name, extension, command, args) => {
    const port = await freePort()
    const file = scratch.write(`${name}.${extension}`, example(name))
    const env = { PORT: String(port), WEBHOOK_SECRET: SECRET, ROCKBLOCK_PUBLIC_KEY: keys.publicKey }
    const program = start(scratch, command, [...args, file], env)
    try {
      const url = `http://127.0.0.1:${port}/rockblock`
      const form = buildWebhook({ format: 'rockblock', encoding: 'form' })
      await waitUntilUp(`${url}/${SECRET}`, program.output)
      expect(await post(`${url}/${SECRET}`, form)).toBe(200)
      await waitFor(program.output, KEY)
      expect(await post(`${url}?key=${SECRET}`, form)).toBe(200)
      expect(await post(`${url}/wrong-secret`, form)).toBe(401)
      expect(await post(url, await buildSignedWebhook({ format: 'rockblock', privateKey: keys.privateKey }))).toBe(200)
      const stranger = await generateTestKeys()
      expect(await post(url, await buildSignedWebhook({ format: 'rockblock', privateKey: stranger.privateKey }))).toBe(
        401,
      )
      expect(await post(`${url}/${SECRET}`, buildWebhook({ format: 'rockblock', fields: { data: 'zz' } }))).toBe(200)
      await waitFor(program.output, 'not-hex')
    } finally {
      await program.stop()
    }
  })

  it('worker: stores under the key', async () => {
    scratch.write('worker.mjs', example('worker'))
    const driver = `import worker from './worker.mjs'
import { buildWebhook } from '@paikea/rockblock-client/testing'
const stored = []
const env = { WEBHOOK_SECRET: '${SECRET}', MESSAGES: { put: async (key) => void stored.push(key) } }
const { body, contentType } = buildWebhook({ format: 'rockblock' })
const post = (path) => worker.fetch(new Request('https://x.example' + path, { method: 'POST', headers: { 'content-type': contentType }, body }), env)
console.log((await post('/rockblock/${SECRET}')).status, (await post('/')).status, stored.join())`
    expect(await scratch.run(process.execPath, [scratch.write('driver.mjs', driver)])).toBe(`200 401 ${KEY}\n`)
  })

  it('steps: parses, verifies and keys', async () => {
    const printed = await scratch.run(process.execPath, [scratch.write('steps.mjs', example('steps'))])
    expect(printed).toMatch(/verified: true/)
    expect(printed).toContain(KEY)
  })

  it('send: checks the login, sends, and prints what to do next', async () => {
    const file = scratch.write('send.mjs', example('send'))
    const service = createFakeService({ firstId: 47 })
    await withServer(listenerOf(service), async (url) => {
      const env = { ROCKBLOCK_USER: 'user', ROCKBLOCK_PASS: 'password', ROCKBLOCK_URL: url }
      expect(await scratch.run(process.execPath, [file], env)).toBe(
        "{ credentials: 'right' }\nsent as 47 for 1 credit\n",
      )
      service.setFault('system-error')
      expect(await scratch.run(process.execPath, [file], env)).toContain('later: system-error')
      service.setFault('no-credit')
      expect(await scratch.run(process.execPath, [file], env)).toContain('a person decides: rejected, no-credit')
    })
  })

  it('testing: shows the unknown outcome', async () => {
    expect(await scratch.run(process.execPath, [scratch.write('t.mjs', example('testing'))])).toBe('as it should be\n')
  })

  it('link to every page, and only to files in the package as packed', () => {
    const packed = new Set(scratch.packed.files.map(({ path }) => path))
    const links = [...pages].flatMap(([path, page]) =>
      [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => posix.join(posix.dirname(path), target)),
    )
    expect(new Set(links)).toEqual(new Set(pages.keys()))
    for (const link of links) expect(packed).toContain(link)
  })

  it('have no example that these tests do not run', () => {
    expect([...text.matchAll(/^```\w/gm)].length).toBe(examples.size)
    expect([...run].toSorted()).toEqual([...examples.keys()].toSorted())
  })
})

async function post(
  url: string,
  webhook: { readonly body: Uint8Array<ArrayBuffer>; readonly contentType: string },
): Promise<number> {
  const headers = { 'content-type': webhook.contentType }
  return (await fetch(url, { method: 'POST', headers, body: webhook.body })).status
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Asks until somebody answers, for at most half a minute. */
async function waitUntilUp(url: string, output: () => string): Promise<void> {
  const limit = Date.now() + 30_000
  for (;;) {
    try {
      await fetch(url)
      return
    } catch (error) {
      if (Date.now() > limit) throw new Error(`nobody listens: ${output()}`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** The answer may be here before what the program printed. Waits for at most ten seconds. */
async function waitFor(output: () => string, text: string): Promise<void> {
  const limit = Date.now() + 10_000
  while (!output().includes(text)) {
    if (Date.now() > limit) throw new Error(`${text} is not in: ${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
