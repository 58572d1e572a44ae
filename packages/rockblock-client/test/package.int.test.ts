import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createScratch, DENO, PACKAGE_DIR, typeCheck, type Scratch } from './scratch.ts'

const run = promisify(execFile)

/** Receives, verifies, keys and answers a signed webhook, and sends, in a runtime that has only the installed package. */
const PROGRAM = `
import { createWebhookHandler, duplicateKey, parseWebhook, RockBlockClient, verifyWebhook } from '@paikea/rockblock-client'
import type { MoMessage, SendResult } from '@paikea/rockblock-client'
import { createKoaHandler } from '@paikea/rockblock-client/koa'
import { createNodeHandler } from '@paikea/rockblock-client/node'
import { buildSignedWebhook, createFakeService, generateTestKeys } from '@paikea/rockblock-client/testing'

const { publicKey, privateKey } = await generateTestKeys()
const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey })
const parsed = parseWebhook(body, contentType)
if (!parsed.ok) throw new Error(parsed.reason.code)
const message: MoMessage = parsed.message
if (!(await verifyWebhook(message, { publicKey })).verified) throw new Error('not verified')
const key: string = await duplicateKey(message)

const received: string[] = []
const options = {
  token: publicKey,
  onMessage: (incoming: MoMessage, info: { readonly key: string }) => void received.push(incoming.format, info.key),
  onUnreadable: () => undefined,
}
const request = new Request('https://x.example/', { method: 'POST', headers: { 'content-type': contentType }, body })
const { status } = await createWebhookHandler(options)(request)
if (status !== 200 || received[1] !== key) throw new Error('not received')
if (typeof createKoaHandler(options) !== 'function' || typeof createNodeHandler(options) !== 'function') throw new Error()

const service = createFakeService()
const client = new RockBlockClient({ username: 'user', password: 'password', fetch: service.fetch })
const result: SendResult = await client.sendMt({ imei: message.imei ?? '', data: message.payload })
console.log(result.outcome, new TextDecoder().decode(service.sent[0]?.data))
`

/** That the adapters fit the servers they are for. */
const ADAPTERS = `
import { createServer } from 'node:http'
import express from 'express'
import Koa from 'koa'
import { createKoaHandler } from '@paikea/rockblock-client/koa'
import { createNodeHandler } from '@paikea/rockblock-client/node'

const options = { secret: 'a long secret', onMessage: () => undefined, onUnreadable: () => undefined }
export const koa = new Koa().use(createKoaHandler(options))
export const server = createServer(createNodeHandler(options))
export const app = express().post('/rockblock', createNodeHandler(options))
`

describe('the package as installed', () => {
  let scratch: Scratch
  beforeAll(async () => {
    scratch = await createScratch()
  })
  afterAll(() => scratch?.remove())

  it('runs in Node as an ES module', async () => {
    // Without its types the program is JavaScript.
    const program = PROGRAM.replaceAll(/^import type .*$/gm, '').replaceAll(
      /: (?:MoMessage|SendResult|string\[\]|string|\{ readonly key: string \})(?=[,) =])/g,
      '',
    )
    expect(await scratch.run(process.execPath, [scratch.write('program.mjs', program)])).toBe('sent Hello World\n')
  })

  it('can be required where Node allows it', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    // 20.19 and 22.12 are the first of their lines that require ES modules.
    expect(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)).toBe(true)
    const program = `console.log(typeof require('@paikea/rockblock-client').parseWebhook)`
    expect(await scratch.run(process.execPath, [scratch.write('program.cjs', program)])).toBe('function\n')
  })

  it('runs and type-checks in Deno', async () => {
    const file = scratch.write('program.ts', PROGRAM)
    await scratch.run(DENO, ['check', '--quiet', '--node-modules-dir=manual', file])
    expect(await scratch.run(DENO, ['run', '--quiet', '--node-modules-dir=manual', file])).toBe('sent Hello World\n')
  })

  it.each([
    ['NodeNext', ['--module', 'NodeNext', '--moduleResolution', 'NodeNext']],
    ['bundler', ['--module', 'ESNext', '--moduleResolution', 'bundler']],
  ])('type-checks with %s resolution', async (_name, args) => {
    // Our own declarations are checked in full, and need no types of Node; those of Koa and Express are not ours to check.
    expect(await typeCheck(scratch, [scratch.write('program.ts', PROGRAM)], [...args, '--types', ''])).toBe('')
    const adapters = scratch.write('adapters.ts', ADAPTERS)
    expect(await typeCheck(scratch, [adapters], [...args, '--types', 'node', '--skipLibCheck'])).toBe('')
  })

  it('reports a type error for wrong use', async () => {
    const wrong = scratch.write('wrong.ts', PROGRAM.replace('parsed.reason.code', 'parsed.message'))
    expect(await typeCheck(scratch, [wrong], ['--module', 'NodeNext', '--types', ''])).toMatch(/wrong\.ts.*TS2339/)
  })

  it('has exactly these names', async () => {
    const entries = ['', '/testing', '/koa', '/node'].map((entry) => `@paikea/rockblock-client${entry}`)
    const list = `const names = {}
for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import(entry)).sort()
console.log(JSON.stringify(names))`
    expect(JSON.parse(await scratch.run(process.execPath, [scratch.write('names.mjs', list)]))).toMatchSnapshot(
      'values',
    )
    expect(typeNames(scratch)).toMatchSnapshot('types')
  })

  it('has exactly these files, and about this size', () => {
    const { files, size, unpackedSize } = scratch.packed
    const paths = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/') || path.endsWith('.js'))
    expect(paths.toSorted()).toMatchSnapshot('files')
    expect(paths.some((path) => path.includes('.test.') || path.startsWith('test/'))).toBe(false)
    // In steps, because compressors differ a little from Node to Node.
    const inSteps = (bytes: number): number => Math.ceil(bytes / 20_480) * 20
    expect({ packedKib: inSteps(size), unpackedKib: inSteps(unpackedSize) }).toMatchSnapshot('size')
  })

  it('can be published on JSR, with no slow types, every public symbol documented, and a reference', async () => {
    const deno = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await run(DENO, args, { cwd: PACKAGE_DIR, env: { ...process.env, NO_COLOR: '1' } })
      return stdout + stderr
    }
    const published = await deno('publish', '--dry-run', '--allow-dirty')
    expect(published).toContain('Dry run complete')
    expect(published).not.toMatch(/\bwarning\b|error\[/i)
    expect(published).not.toContain('.test.ts')
    const modules = ['src/mod.ts', 'src/testing/mod.ts', 'src/adapters/koa.ts', 'src/adapters/node.ts']
    expect(await deno('doc', '--quiet', '--lint', ...modules)).toBe('')

    const { scripts } = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8'))
    const folder = join(scratch.folder, 'docs')
    const [, ...args] = String(scripts.docs)
      .replace(/--output=\S+/, `--output=${folder}`)
      .split(' ')
    await deno(...args)
    expect(readFileSync(join(folder, 'all_symbols.html'), 'utf8')).toMatch(
      /parseWebhook[\s\S]*createFakeService|createFakeService[\s\S]*parseWebhook/,
    )
  })

  it('has the same version and entry points in package.json and jsr.json, and no dependencies', () => {
    const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(PACKAGE_DIR, name), 'utf8'))
    const npm = read('package.json')
    const jsr = read('jsr.json')
    expect(jsr['version']).toBe(npm['version'])
    const sources = Object.entries(npm['exports'] as Record<string, Record<string, string>>).map(
      ([entry, conditions]) => [entry, conditions['@paikea/source']],
    )
    expect(Object.fromEntries(sources)).toEqual(jsr['exports'])
    expect(npm['dependencies']).toBeUndefined()
  })
})

/** Names that exist in the declarations only. */
function typeNames(scratch: Scratch): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const entry of ['mod', 'testing/mod']) {
    const path = join(scratch.folder, 'node_modules/@paikea/rockblock-client/dist', `${entry}.d.ts`)
    const lists = readFileSync(path, 'utf8').matchAll(/export type \{([^}]*)\}/g)
    found[entry] = [...lists].flatMap(([, names = '']) => names.match(/\w+/g) ?? []).toSorted()
  }
  return found
}
