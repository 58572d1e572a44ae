/**
 * Many clients of live links, in their own process: devices that send once a second, or pages that listen. Forked by
 * the benchmark; answers each order with one message.
 */
import { connect, type Socket } from 'node:net'
import { percentile } from './figures.ts'

/** What to do next. */
export type LinkOrder =
  /** Opens a connection to each path; retries those refused or lost. */
  | { readonly do: 'open'; readonly port: number; readonly paths: readonly string[] }
  /** Drops all connections at once, and reconnects. */
  | { readonly do: 'again' }
  /** Each sends one frame a second, spread over the second. */
  | { readonly do: 'speak'; readonly seconds: number }
  /** From now on, records frame latency. */
  | { readonly do: 'listen' }
  | { readonly do: 'report' }

/** The result of an order. */
export interface LinkAnswer {
  /** Until all were open. */
  readonly seconds: number
  readonly frames: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Connections that closed unexpectedly. */
  readonly lost: number
}

const STATE = '"dev":"buoy","batt/main_v":"4.1","lora/running":"False","gps/running":"False","wifi/ssid":"harbour"'
const OPEN_AT_ONCE = 500

let port = 0
let paths: readonly string[] = []
let sockets: (Socket | null)[] = []
let times: number[] = []
let lost = 0

/** One clock for all processes on a machine, in microseconds. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function openOne(index: number): Promise<void> {
  return new Promise((resolve) => {
    const begin = (): void => {
      const socket = connect({ port, host: '127.0.0.1' })
      let isOpen = false
      let isRetried = false
      const retry = (): void => {
        if (isOpen) lost += 1
        else if (!isRetried) {
          isRetried = true
          setTimeout(begin, 200 + Math.random() * 800)
        }
      }
      socket.once('connect', () => socket.write(handshake(paths[index] ?? '/')))
      socket.on('data', (piece: Buffer) => {
        if (!isOpen) {
          if (!piece.subarray(0, 13).equals(ACCEPTED)) return void socket.destroy()
          isOpen = true
          sockets[index] = socket
          resolve()
        }
        note(piece)
      })
      socket.once('error', () => socket.destroy())
      socket.once('close', retry)
    }
    begin()
  })
}

const ACCEPTED = Buffer.from('HTTP/1.1 101 ')

function handshake(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: harbour\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`
}

/** Frames are small: each arrives whole in one chunk. */
function note(piece: Buffer): void {
  for (const [, at] of piece.toString('latin1').matchAll(/"t\\?":\\?"(\d+)/gu)) times.push((now() - Number(at)) / 1000)
}

async function openAll(): Promise<number> {
  const began = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < paths.length) {
      const index = next
      next += 1
      await openOne(index)
    }
  }
  await Promise.all(Array.from({ length: OPEN_AT_ONCE }, worker))
  return (performance.now() - began) / 1000
}

async function reopenAll(): Promise<number> {
  const began = performance.now()
  for (const socket of sockets) {
    socket?.removeAllListeners('close')
    socket?.destroy()
  }
  await Promise.all(paths.map((_path, index) => openOne(index)))
  return (performance.now() - began) / 1000
}

/** Masked with zeros, which is a valid mask. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = 0x81
  head[1] = 0x80 | 126
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

async function speak(seconds: number): Promise<void> {
  const began = performance.now()
  let said = 0
  const total = sockets.length * seconds
  while (said < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * sockets.length))
    for (; said < due; said += 1) {
      const index = said % sockets.length
      sockets[index]?.write(frameOf(`{"iam":"${paths[index]?.slice(1) ?? ''}",${STATE},"t":"${now()}"}`))
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function report(seconds: number): LinkAnswer {
  const [frames, p50Ms, p99Ms] = [times.length, percentile(times, 0.5), percentile(times, 0.99)]
  const maxMs = times.reduce((most, ms) => Math.max(most, ms), 0)
  return { seconds, frames, p50Ms, p99Ms, maxMs, lost }
}

async function obey(order: LinkOrder): Promise<number> {
  if (order.do === 'open') {
    port = order.port
    paths = order.paths
    sockets = paths.map(() => null)
    return await openAll()
  }
  if (order.do === 'again') return await reopenAll()
  if (order.do === 'speak') await speak(order.seconds)
  if (order.do === 'listen') times = []
  return 0
}

// The parent forks this file and speaks JSON over the IPC channel, so the shape is its own.
process.on('message', (order) => {
  void obey(order as LinkOrder).then((seconds) => process.send?.(report(seconds)))
})
process.on('disconnect', () => process.exit(0))
