import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { type Receiver, startReceiver, until } from './receiver.ts'

const home = path.join(import.meta.dirname, '..')
const root = path.join(home, '../..')
const IMEI = '300434061000101'

/** How the same process is started by either runtime. */
const runtimes = {
  node: { command: process.execPath, args: [path.join(home, 'dist/main.js')] },
  deno: {
    command: path.join(root, 'node_modules/.bin/deno'),
    args: [
      ...['run', '-A', '--node-modules-dir=manual', '--conditions=@paikea/source'],
      path.join(home, 'src/main.ts'),
    ],
  },
}

let folder: string
let receiver: Receiver
let children: ChildProcess[] = []

beforeAll(() => {
  const built = spawnSync('npx', ['tsc', '-b', path.join(home, 'tsconfig.build.json')], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stdout)
})

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'simulator-'))
  writeFileSync(path.join(folder, 'secret'), 's3cret\n')
  receiver = await startReceiver()
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly ended: Promise<number | null>
}

async function run(runtime: keyof typeof runtimes, flags: readonly string[] = []): Promise<Running> {
  const { command, args } = runtimes[runtime]
  const own = ['--port', '0', '--data', path.join(folder, 'data'), '--webhook-url', receiver.url]
  const secret = ['--webhook-secret-file', path.join(folder, 'secret')]
  const child = spawn(command, [...args, ...own, ...secret, ...flags], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  children.push(child)
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = new Promise<number>((resolve, reject) => {
    child.on('message', (message: { type: string; port: number }) => {
      if (message.type === 'ready') resolve(message.port)
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${errors}`)))
  })
  return { child, url: `http://127.0.0.1:${await ready}`, ended }
}

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

function sendMt(url: string, text: string): Promise<string> {
  const data = Buffer.from(text).toString('hex')
  const body = new URLSearchParams({ imei: IMEI, username: 'user', password: 'password', data })
  return fetch(`${url}/rockblock/MT`, { method: 'POST', body }).then((response) => response.text())
}

async function shownMts(url: string): Promise<string[]> {
  const response = await fetch(`${url}/sim/mt?imei=${IMEI}`)
  // What our own address answers.
  const { items } = (await response.json()) as { items: { text: string }[] }
  return items.map(({ text }) => text)
}

describe('README', () => {
  it('has an example that runs and prints what its comment states', () => {
    const readme = readFileSync(path.join(home, 'README.md'), 'utf8')
    const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    // Inside the package, so that its name is found from there.
    const file = path.join(home, '.types', `readme-${process.pid}.ts`)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, example.replace('http://127.0.0.1:8080', receiver.url))
    const { command, args } = runtimes.deno
    const ran = spawnSync(command, [...args.slice(0, -1), file], { cwd: root, encoding: 'utf8' })
    rmSync(file)
    expect(ran).toMatchObject({ status: 0, stdout: `${/imei\) \/\/ (.*)/.exec(example)?.[1]}\n` })
  })
})

describe.each(['node', 'deno'] as const)('the simulator as a process under %s', (runtime) => {
  it('reports its port to its parent, keeps MTs and webhooks through kill -9, and exits on SIGTERM', async () => {
    const first = await run(runtime)
    await post(`${first.url}/sim/devices`, { kind: 'buoy', imei: IMEI, webhook: 'json' })
    receiver.answer = () => 503
    await post(`${first.url}/sim/devices/${IMEI}/send`, { text: 'owed' })
    const promised: string[] = []
    const sending = (async () => {
      for (let number = 0; ; number++) {
        if (!(await sendMt(first.url, `m${number}`)).startsWith('OK,')) return
        promised.push(`m${number}`)
      }
    })().catch(() => {})
    await until(() => promised.length >= 20 && receiver.received.length > 0, '20 messages and a webhook')
    first.child.kill('SIGKILL')
    await first.ended
    await sending
    const before = receiver.received.length
    receiver.answer = () => 200

    const second = await run(runtime)
    const shown = await shownMts(second.url)
    expect(shown.slice(0, promised.length)).toEqual(promised)
    expect(shown.length - promised.length).toBeLessThanOrEqual(1)
    await receiver.waitFor(before + 1)
    expect(receiver.received.at(-1)).toMatchObject({ path: '/rockblock/incoming/s3cret' })
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('posts reports of a demo fleet, and exits on SIGINT', async () => {
    const { child, ended } = await run(runtime, ['--demo-fleet', '2'])
    await receiver.waitFor(3)
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })

  it('exits when its parent disconnects', async () => {
    const { child, ended } = await run(runtime)
    child.disconnect()
    expect(await ended).toBe(0)
  })

  it('refuses in one line a folder that another process holds, and takes it over after kill -9', async () => {
    const data = path.join(folder, 'data')
    const refusal = `ended with 1: simulator: the folder ${data} is in use by another simulator: choose another with --data\n`
    const killed = await run(runtime)
    killed.child.kill('SIGKILL')
    await killed.ended
    const first = await run(runtime)
    await post(`${first.url}/sim/devices`, { kind: 'buoy', imei: IMEI })
    expect(await sendMt(first.url, 'one')).toMatch(/^OK,/)
    await expect(run(runtime)).rejects.toThrow(new Error(refusal))
    const [, twoId] = (await sendMt(first.url, 'two')).split(',')
    first.child.kill('SIGKILL')
    await first.ended
    const next = await run(runtime)
    expect(await shownMts(next.url)).toEqual(['one', 'two'])
    const [, nextId] = (await sendMt(next.url, 'three')).split(',')
    expect(nextId).not.toBe(twoId)
  })

  // Node by itself never comes back from making a folder there.
  it('reports in one line that a folder cannot be created', async () => {
    await expect(run(runtime, ['--data', '/proc/no-such'])).rejects.toThrow(
      /^ended with 1: simulator: the folder \/proc\/no-such cannot be created \(E[A-Z]+\): .*--data\n$/,
    )
  })

  it.each(['/dev/null/x', '/dev/null'])('reports in one line what is in the way of %s', async (data) => {
    await expect(run(runtime, ['--data', data])).rejects.toThrow(
      new RegExp(
        `^ended with 1: simulator: the folder ${data} cannot be created: /dev/null is in the way and is not a folder: .*--data\\n$`,
      ),
    )
  })

  it('reports in one line that a folder stands where the journal should be', async () => {
    mkdirSync(path.join(folder, 'data', 'journal.db'), { recursive: true })
    await expect(run(runtime)).rejects.toThrow(
      /^ended with 1: simulator: \S+journal\.db is a folder and should be a file: .*--data\n$/,
    )
  })

  // An address for documentation, and a name that is never given out.
  it.each(['192.0.2.1', 'nowhere.invalid'])('reports in one line that it cannot listen on %s', async (host) => {
    await expect(run(runtime, ['--host', host])).rejects.toThrow(
      new RegExp(`^ended with 1: simulator: cannot listen on ${host}, which is not an address .*--host\\n$`),
    )
  })

  it('reports in one line that the port is taken', async () => {
    const port = new URL(receiver.url).port
    await expect(run(runtime, ['--port', port])).rejects.toThrow(
      new RegExp(`^ended with 1: simulator: port ${port} is taken: .*--port\\n$`),
    )
  })
})
