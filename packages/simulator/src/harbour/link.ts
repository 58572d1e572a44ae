/** The live link of a device in service mode. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { takeFrame, writeFrame } from './link-frames.ts'
import type { Run } from './run.ts'

/** Options of a device's link. */
export interface LinkOptions {
  readonly run: Run
  readonly target: { readonly host: string; readonly port: number }
  readonly iam: string
  /** Interval of its connection checks: after a loss it reconnects at the next. */
  readonly lookMs: number
  readonly onOpen: (say: (text: string) => void) => void
  /** Handles a text frame. @returns `deaf` if the program raised an error */
  readonly onText: (text: string, say: (text: string) => void) => 'deaf' | undefined
  readonly onState: (state: 'connecting' | 'open' | 'lost' | 'deaf') => void
}

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10

/** Keeps the link up for the rest of a run: until the power is cut, or something makes the device deaf. */
export async function keepLink(options: LinkOptions): Promise<never> {
  const { run, lookMs, onState } = options
  for (;;) {
    onState('connecting')
    const end = await holdOnce(options)
    onState(end)
    // It still believes that it is connected.
    if (end === 'deaf') return await new Promise<never>(() => undefined)
    await run.sleep(lookMs)
  }
}

function holdOnce(options: LinkOptions): Promise<'lost' | 'deaf'> {
  const { run, target, iam, onOpen, onText, onState } = options
  const socket = run.connect(target)
  return new Promise((resolve) => {
    let held: Buffer = Buffer.alloc(0)
    let isOpen = false
    let pong: Buffer | null = null
    let isOver = false
    const finish = (end: 'lost' | 'deaf'): void => {
      isOver = true
      resolve(end)
    }
    const say = (text: string): void => {
      // A pong stays in the buffer until the device's own next frame.
      if (pong !== null) socket.write(writeFrame(PONG, pong))
      pong = null
      socket.write(writeFrame(TEXT, Buffer.from(text)))
    }
    const read = (): void => {
      for (;;) {
        const taken = isOver ? null : takeFrame(held)
        if (taken === null) return
        held = taken.rest
        const { isFinal, opcode, payload } = taken.frame
        if (!isFinal) return finish('deaf')
        if (opcode === CLOSE) return finish('lost')
        if (opcode === PING) pong = payload
        else if (opcode === TEXT || opcode === BINARY) {
          const text = decode(payload)
          if (text === null) return finish('deaf')
          if (text !== '' && onText(text, say) === 'deaf') return finish('deaf')
        } else if (opcode !== PONG) return finish('deaf')
      }
    }
    socket.once('connect', () => writeHandshake(socket, target, iam))
    socket.on('data', (piece: Buffer) => {
      if (isOver) return
      held = Buffer.concat([held, piece])
      if (!isOpen) {
        const blank = held.indexOf('\r\n\r\n')
        if (blank === -1) return
        if (!held.toString('latin1', 0, blank).startsWith('HTTP/1.1 101 ')) return finish('lost')
        held = held.subarray(blank + 4)
        isOpen = true
        onState('open')
        onOpen(say)
      }
      read()
    })
    socket.once('end', () => {
      if (!isOver) finish('lost')
    })
    // On an open link, nothing but the reader notices a reset.
    socket.once('error', () => {
      if (!isOver) finish(isOpen ? 'deaf' : 'lost')
    })
  })
}

function writeHandshake(socket: Socket, { host, port }: LinkOptions['target'], iam: string): void {
  const lines = [
    `GET /${iam} HTTP/1.1`,
    `Host: ${host}:${String(port)}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Origin: http://localhost',
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
}

function decode(payload: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    return null
  }
}
