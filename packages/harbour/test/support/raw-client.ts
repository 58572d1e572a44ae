/**
 * A device's HTTP client, from the protocol alone: HTTP/1.0 in small pieces, no `Connection`, no port in `Host`; a JSON answer
 * is read until the connection closes; a file is as long as a header line says that begins exactly with `Content-Length:`.
 */
import { connect, type Socket } from 'node:net'

/** How a connection ended. */
export interface RawAnswer {
  readonly head: string
  readonly body: Buffer
  readonly end: 'fin' | 'reset'
}

/** Sends bytes as they are and reads until the other side ends. */
export function exchange(
  port: number,
  pieces: readonly (string | Buffer)[],
  options: { readonly limitMs?: number; readonly host?: string; readonly halfClose?: boolean } = {},
): Promise<RawAnswer> {
  const { limitMs = 20_000, host = '127.0.0.1', halfClose = false } = options
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host, allowHalfOpen: true })
    const held: Buffer[] = []
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no end within ${limitMs} ms; so far: ${Buffer.concat(held).toString('latin1').slice(0, 200)}`))
    }, limitMs)
    const settle = (end: RawAnswer['end']): void => {
      clearTimeout(timer)
      socket.destroy()
      const all = Buffer.concat(held)
      const blank = all.indexOf('\r\n\r\n')
      resolve({ head: all.toString('latin1', 0, Math.max(0, blank)), body: all.subarray(blank + 4), end })
    }
    socket.setNoDelay(true)
    socket.on('data', (piece: Buffer) => held.push(piece))
    socket.once('end', () => settle('fin'))
    socket.once('error', () => settle('reset'))
    socket.once('connect', () => {
      void (async () => {
        for (const piece of pieces) {
          if (socket.destroyed) return
          await new Promise<void>((done) => socket.write(piece, () => done()))
          // Each piece a TCP segment of its own, as the device writes them.
          await new Promise((done) => setImmediate(done))
        }
        if (halfClose) socket.end()
      })()
    })
  })
}

/** A request as the device writes it. */
export function deviceRequest(path: string, body: string): readonly string[] {
  return [
    `POST ${path} HTTP/1.0\r\n`,
    'Host: harbour\r\n',
    'Content-Type: application/json\r\n',
    `Content-Length: ${Buffer.byteLength(body)}\r\n`,
    '\r\n',
    body,
  ]
}

/** Asks for JSON. @throws Error for a status other than 200, a reset, or what is not JSON: as the device does */
export async function askJson(
  port: number,
  path: string,
  body: unknown,
  host?: string,
): Promise<Record<string, unknown>> {
  const answer = await exchange(port, deviceRequest(path, JSON.stringify(body)), host === undefined ? {} : { host })
  const [, status = ''] = (answer.head.split('\r\n')[0] ?? '').split(' ')
  if (answer.end !== 'fin') throw new Error('the connection was reset')
  if (status !== '200') throw new Error(`status ${status}`)
  if (/^transfer-encoding:/imu.test(answer.head)) throw new Error('chunked')
  const value: unknown = JSON.parse(answer.body.toString('utf8'))
  if (typeof value !== 'object' || value === null) throw new Error('not an object')
  return { ...value }
}

/** Asks for a file: the status does not matter, only the exact header does; without it the file is empty. */
export async function askFile(port: number, path: string, body: unknown): Promise<Buffer> {
  const answer = await exchange(port, deviceRequest(path, JSON.stringify(body)))
  let length = 0
  for (const line of answer.head.split('\r\n')) {
    if (line.startsWith('Content-Length:')) length = Number.parseInt(line.slice('Content-Length:'.length).trim(), 10)
  }
  return answer.body.subarray(0, length)
}
