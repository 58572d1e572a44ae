import { connect, createServer, type AddressInfo, type Server } from 'node:net'

import { z } from 'zod'

const answerSchema = z.object({
  /** The one in the name of its file. */
  token: z.string(),
  /** `waiting`: it wants the folder and has stepped back for another. */
  state: z.enum(['trying', 'waiting', 'held']),
  /** Where the folder is, and its number in the file system. */
  folder: z.string(),
  inode: z.string(),
})

/** What somebody who wants or has a data folder says to one who asks. */
export type HolderAnswer = z.infer<typeof answerSchema>

// Windows takes two seconds to tell that nobody listens on a port.
const ANSWER_WITHIN_MS = 5_000
// A folder's path is the longest part by far.
const LONGEST_ANSWER = 64 * 1024
const HOST = '127.0.0.1'
// Refused, or cut off by a process that is just ending.
const nobodyCodes = new Set<unknown>(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE'])

/** Answers everyone who asks, on a free port of this machine. The server keeps no process alive. */
export function serveAnswer(answer: () => HolderAnswer): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    // Who asked and went away.
    socket.on('error', () => socket.destroy())
    // What was asked is read and dropped: a socket closed with something unread loses its answer.
    socket.resume()
    socket.unref()
    socket.end(JSON.stringify(answer()))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, () => {
      server.off('error', reject)
      server.unref()
      // A server on a TCP port has an address object.
      resolve({ server, port: (server.address() as AddressInfo).port })
    })
  })
}

/**
 * Asks who is behind a port.
 *
 * @returns `'nobody'` when no simulator is, `'silent'` when something is there and it cannot be told what
 */
export function askHolder(port: number): Promise<HolderAnswer | 'nobody' | 'silent'> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect({ port, host: HOST })
    const finish = (answer: HolderAnswer | 'nobody' | 'silent'): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => finish('silent'), ANSWER_WITHIN_MS)
    socket.setEncoding('utf8')
    // A port is given out again: a web server, say, that has it now would wait for ever, and objects to this.
    socket.on('connect', () => socket.write('who\r\n\r\n'))
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (text.length > LONGEST_ANSWER) finish('nobody')
    })
    socket.on('end', () => finish(readAnswer(text)))
    socket.on('close', () => finish('nobody'))
    socket.on('error', (cause) => finish('code' in cause && nobodyCodes.has(cause.code) ? 'nobody' : 'silent'))
  })
}

function readAnswer(text: string): HolderAnswer | 'nobody' {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data ?? 'nobody'
  } catch {
    return 'nobody'
  }
}
