/**
 * The two libraries as somebody else would use them together: both tarballs installed in a scratch project outside the
 * repository, which receives a signed webhook over HTTP, verifies it, decodes it and answers. Under Node and under Deno.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const runFile = promisify(execFile)

/** Web-standard but for the listening: both runtimes have `node:http`. */
const PROGRAM = `
import { createServer } from 'node:http'
import { once } from 'node:events'
import { decode, encodePosition } from '@paikea/packets'
import { duplicateKey, parseWebhook, RockBlockClient, verifyWebhook } from '@paikea/rockblock-client'
import { buildSignedWebhook, createFakeService, generateTestKeys } from '@paikea/rockblock-client/testing'

const { publicKey, privateKey } = await generateTestKeys()
const vendor = createFakeService({ username: 'u', password: 'p' })
const client = new RockBlockClient({ username: 'u', password: 'p', fetch: vendor.fetch })
const seen = []

const server = createServer(async (request, response) => {
  const receivedAt = new Date()
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const parsed = parseWebhook(new Uint8Array(Buffer.concat(chunks)), request.headers['content-type'] ?? null)
  if (!parsed.ok) return response.writeHead(400).end(parsed.reason.code)
  const verification = await verifyWebhook(parsed.message, { publicKey })
  if (!verification.verified) return response.writeHead(401).end(verification.reason)
  const { message } = parsed
  const decoded = decode(message.payload, { receivedAt, transmitTime: message.transmitTime })
  const { report } = decoded
  const answer = encodePosition(report)
  const sent = await client.sendMt({ imei: '300434000000009', data: new TextEncoder().encode(answer.text) })
  seen.push({ key: await duplicateKey(message), latitude: report.latitudeDegrees, outcome: sent.outcome })
  response.writeHead(200).end('{"status":"accepted"}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = 'http://127.0.0.1:' + server.address().port + '/'

const text = 'PK101;lat:800.0120,NS:S,lon:030.0000,EW:W,utc:104140,batt:4.2,int:20,sl:0,st:3'
const fields = { imei: '300434000000001', momsn: 932, transmit_time: '21-10-31 10:41:50', data: Buffer.from(text).toString('hex') }
const genuine = await buildSignedWebhook({ format: 'rockblock', encoding: 'json', fields, privateKey })
const forged = new TextEncoder().encode(new TextDecoder().decode(genuine.body).replace('932', '933'))
const statuses = []
for (const body of [genuine.body, forged]) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': genuine.contentType }, body })
  statuses.push([answer.status, await answer.text()])
}
server.close()
const sent = vendor.sent.map(({ imei, data }) => [imei, new TextDecoder().decode(data)])
console.log(JSON.stringify({ statuses, seen, sent }))
// Deno's server stays open for as long as the client keeps its connection.
process.exit(0)
`

describe('both libraries installed from their tarballs outside the repository', () => {
  let scratch: string

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'paikea-libraries-'))
    const tarballs: string[] = []
    for (const name of ['packets', 'rockblock-client']) {
      const folder = join(root, 'packages', name)
      await runFile(join(root, 'node_modules/.bin/tsc'), ['-b', 'tsconfig.build.json'], { cwd: folder })
      const { stdout } = await runFile('npm', ['pack', '--silent', '--pack-destination', scratch], { cwd: folder })
      tarballs.push(`./${stdout.trim()}`)
    }
    await writeFile(join(scratch, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    await writeFile(join(scratch, 'receive.mjs'), PROGRAM)
    await runFile('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: scratch })
  }, 180_000)

  afterAll(() => rm(scratch, { recursive: true, force: true }))

  const runtimes: readonly [string, string, readonly string[]][] = [
    ['Node', process.execPath, []],
    ['Deno', join(root, 'node_modules/.bin/deno'), ['run', '--no-config', '-A', '--node-modules-dir=manual']],
  ]

  it.each(runtimes)('receive, verify, decode and answer a signed webhook under %s', async (_name, command, flags) => {
    const { stdout } = await runFile(command, [...flags, 'receive.mjs'], { cwd: scratch })
    expect(JSON.parse(stdout)).toEqual({
      statuses: [
        [200, '{"status":"accepted"}'],
        [401, 'claims-differ'],
      ],
      seen: [
        {
          key: expect.stringMatching(/^a\/300434000000001\.932\.20211031T104150Z\.[0-9a-f]{32}$/),
          latitude: expect.closeTo(-8.0002, 6),
          outcome: 'sent',
        },
      ],
      sent: [['300434000000009', '+DATA:PK004,800.0120,S,030.0000,W,0.0,0.0,104140.000,0;']],
    })
  })
})
