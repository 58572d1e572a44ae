import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'

/** Git's own smart HTTP server (`git http-backend`) behind a port, with fault injection. */
export interface GitHttpServer {
  readonly port: number
  address(name?: string): string
  /** Called before a request is passed on; `true`: it was answered there. */
  intercept: ((req: IncomingMessage, res: ServerResponse) => boolean) | null
  /**
   * Called with each chunk of a response body: its result is passed on; `null` cuts the connection, `'hang'` stalls it.
   */
  tamper: ((piece: Buffer, sentBytes: number) => Buffer | null | 'hang') | null
  stop(): Promise<void>
}

/** Serves the folder that contains a repository. With a token, requests without it get 401. */
export async function startGitHttpServer(repository: string, token: string | null = null): Promise<GitHttpServer> {
  const root = dirname(repository)
  const state: Pick<GitHttpServer, 'intercept' | 'tamper'> = { intercept: null, tamper: null }
  const server = createServer((req, res) => {
    if (state.intercept?.(req, res) === true) return
    if (token !== null && !isRight(req.headers.authorization, token)) {
      res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end('no')
      return
    }
    runBackend(root, req, res, () => state.tamper)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return Object.assign(state, {
    port,
    address: (name = 'firmware.git') => `http://127.0.0.1:${port}/${name}`,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}

function isRight(header: string | undefined, token: string): boolean {
  const text = Buffer.from((header ?? '').replace(/^Basic /u, ''), 'base64').toString()
  return text.endsWith(`:${token}`)
}

function runBackend(
  root: string,
  req: IncomingMessage,
  res: ServerResponse,
  tamper: () => GitHttpServer['tamper'],
): void {
  const url = new URL(req.url ?? '/', 'http://x')
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: req.method ?? 'GET',
      CONTENT_TYPE: req.headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  req.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  let head: Buffer | null = Buffer.alloc(0)
  let sent = 0
  let isHanging = false
  const send = (piece: Buffer): void => {
    if (piece.length === 0) return
    const change = req.method === 'POST' ? tamper() : null
    const out = change === null ? piece : change(piece, sent)
    if (out === 'hang') {
      isHanging = true
      return
    }
    if (out === null) {
      res.socket?.destroy()
      child.kill('SIGKILL')
      return
    }
    sent += out.length
    res.write(out)
  }
  child.stdout.on('data', (piece: Buffer) => {
    if (head === null) return send(piece)
    head = Buffer.concat([head, piece])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    const lines = head.subarray(0, end).toString().split('\r\n')
    const rest = head.subarray(end + 4)
    head = null
    let status = 200
    for (const line of lines) {
      const [name = '', ...value] = line.split(':')
      if (name === 'Status') status = Number.parseInt(value.join(':'), 10)
      else res.setHeader(name, value.join(':').trim())
    }
    res.writeHead(status)
    send(rest)
  })
  child.on('close', () => {
    if (!isHanging) res.end()
  })
}
