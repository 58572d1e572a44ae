/**
 * The devices' HTTP client, byte for byte: HTTP/1.0 in small writes, no time-outs, JSON responses read until the
 * connection closes, and files of the length given by the last line that starts with exactly `Content-Length:`.
 */
import type { Socket } from 'node:net'
import type { Run } from './run.ts'

/** A device's `SERVER` setting: `http://host:port/v1`. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  /** Path in front of `/{type}/…`, without a trailing slash. */
  readonly base: string
}

/** An error that makes the device's program give up: it restarts into service mode. */
export class DeviceHttpError extends Error {
  override readonly name = 'DeviceHttpError'
}

/** Splits a base URL. @throws TypeError if it is not a URL */
export function parseServer(url: string): ServerAddress {
  const { hostname, port, pathname } = new URL(url)
  return { host: hostname, port: port === '' ? 80 : Number(port), base: pathname.replace(/\/$/u, '') }
}

/** Requests JSON. @throws DeviceHttpError for a status other than 200, a reset, or a body that is not an object */
export async function askJson(
  run: Run,
  server: ServerAddress,
  path: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const socket = send(run, server, path, body)
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const pieces: Buffer[] = []
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    socket.once('end', () => resolve(Buffer.concat(pieces)))
    socket.once('error', (cause) => reject(new DeviceHttpError('the connection broke', { cause })))
  })
  socket.destroy()
  const { lines, rest } = split(answer)
  const [, status] = (lines[0] ?? '').split(' ')
  if (status !== '200') throw new DeviceHttpError(`status ${status ?? 'missing'}`)
  try {
    const value: unknown = JSON.parse(rest.toString('utf8'))
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Reported below.
  }
  throw new DeviceHttpError('the answer is not a JSON object')
}

/** Requests a file; whatever the status, only the length counts. Missing bytes yield a shorter file. */
export async function askFile(run: Run, server: ServerAddress, path: string, body: object): Promise<Buffer> {
  const socket = send(run, server, path, body)
  const file = await new Promise<Buffer>((resolve, reject) => {
    let held = Buffer.alloc(0)
    const look = (isOver: boolean): void => {
      const { lines, rest, isComplete } = split(held)
      if (!isComplete && !isOver) return
      const length = lengthOf(lines)
      if (rest.length >= length || isOver) resolve(rest.subarray(0, length))
    }
    socket.on('data', (piece: Buffer) => {
      held = Buffer.concat([held, piece])
      look(false)
    })
    socket.once('end', () => look(true))
    socket.once('error', (cause) => reject(new DeviceHttpError('the connection broke', { cause })))
  })
  // The device leaves closing a file connection to the server.
  socket.resume()
  socket.once('end', () => socket.end())
  return file
}

function send(run: Run, { host, port, base }: ServerAddress, path: string, body: object): Socket {
  const text = JSON.stringify(body)
  const socket = run.connect({ host, port })
  socket.once('connect', () => {
    const head = [
      `POST ${base}${path} HTTP/1.0\r\n`,
      `Host: ${host}\r\n`,
      'Content-Type: application/json\r\n',
      `Content-Length: ${Buffer.byteLength(text)}\r\n`,
      '\r\n',
    ]
    for (const piece of [...head, text]) socket.write(piece)
  })
  return socket
}

function split(answer: Buffer): {
  readonly lines: readonly string[]
  readonly rest: Buffer
  readonly isComplete: boolean
} {
  const blank = answer.indexOf('\r\n\r\n')
  if (blank === -1) return { lines: [], rest: Buffer.alloc(0), isComplete: false }
  const lines = answer.toString('latin1', 0, blank).split('\r\n')
  return { lines, rest: answer.subarray(blank + 4), isComplete: true }
}

function lengthOf(lines: readonly string[]): number {
  const name = 'Content-Length:'
  const last = lines.findLast((line) => line.startsWith(name))
  const length = Number.parseInt(last?.slice(name.length).trim() ?? '0', 10)
  return Number.isNaN(length) ? 0 : length
}
