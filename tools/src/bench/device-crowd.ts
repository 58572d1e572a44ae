/**
 * Many devices using the harbour's HTTP at once, in their own process: one request per connection, read until the
 * server closes it. Forked by the benchmark, which sends one order and gets one result.
 */
import { createHash } from 'node:crypto'
import { connect } from 'node:net'

/** What the devices do: a whole upgrade, only the files, or the same files from plain URLs of another server. */
export interface CrowdOrder {
  readonly port: number
  readonly what: 'upgrades' | 'files' | 'plain-files'
  readonly devices: readonly { readonly iam: string; readonly jobId: number }[]
  /** Path and SHA-1 of each file to request if there is no `metadata`. */
  readonly files: readonly (readonly [path: string, sha1: string])[]
}

/** What the devices observed. */
export interface CrowdResult {
  readonly seconds: number
  readonly files: number
  /** Devices that did not get every byte. */
  readonly failed: number
  readonly firstFault: string | null
}

function ask(port: number, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const pieces: Buffer[] = []
    socket.once('connect', () => socket.write(request))
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    socket.once('end', () => {
      const all = Buffer.concat(pieces)
      resolve(all.subarray(all.indexOf('\r\n\r\n') + 4))
    })
    socket.once('error', reject)
  })
}

function post(port: number, iam: string, body: object): Promise<Buffer> {
  const text = JSON.stringify(body)
  const head = `POST /v1/buoy/${iam}/upgrade HTTP/1.0\r\nHost: harbour\r\nContent-Type: application/json\r\n`
  return ask(port, `${head}Content-Length: ${text.length}\r\n\r\n${text}`)
}

async function askJson(port: number, iam: string, body: object): Promise<Record<string, unknown>> {
  return JSON.parse((await post(port, iam, body)).toString()) as Record<string, unknown> // the protocol's objects
}

async function runDevice({ port, what, files }: CrowdOrder, iam: string, jobId: number): Promise<number> {
  let list = files
  if (what === 'upgrades') {
    const { job_id: offered } = await askJson(port, iam, { cmd: 'check', space: 8_000_000 })
    if (offered !== jobId) throw new Error(`job ${String(offered)} instead of ${jobId}`)
    const metadata = await askJson(port, iam, { cmd: 'metadata', job_id: jobId })
    const named = metadata['files'] as Record<string, readonly [number, string]> // the protocol's shape
    list = Object.entries(named).map(([path, [, sha1]]) => [path, sha1] as const)
  }
  for (const [path, sha1] of list) {
    const content =
      what === 'plain-files'
        ? await ask(port, `GET ${path.slice(1)} HTTP/1.0\r\nHost: harbour\r\n\r\n`)
        : await post(port, iam, { cmd: 'get_file', job_id: jobId, file_path: path })
    if (createHash('sha1').update(content).digest('hex') !== sha1) throw new Error(`wrong bytes of ${path}`)
  }
  if (what === 'upgrades') await askJson(port, iam, { cmd: 'complete', job_id: jobId, status: true })
  return list.length
}

async function run(order: CrowdOrder): Promise<CrowdResult> {
  const began = performance.now()
  const outcomes = await Promise.allSettled(order.devices.map(({ iam, jobId }) => runDevice(order, iam, jobId)))
  const seconds = (performance.now() - began) / 1000
  const faults = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => String(reason))
  const files = outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0)
  return { seconds, files, failed: faults.length, firstFault: faults[0] ?? null }
}

// The parent forks this file and speaks JSON over the IPC channel, so the shape is its own.
process.on('message', (order) => {
  void run(order as CrowdOrder).then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit(0))
