import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '@paikea/firmware/testing'
import { waitFor } from '../services/wait-for.ts'

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path))

/** An nginx that serves files and closes each connection. */
export interface StaticNginx {
  readonly port: number
  stop(): Promise<void>
}

/** Starts it with one worker per processor. @returns `null` if it is not installed */
export async function startStaticNginx(files: ReadonlyMap<string, Buffer>): Promise<StaticNginx | null> {
  if (NGINX === undefined) return null
  const folder = await mkdtemp(join(tmpdir(), 'paikea-bench-nginx-'))
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, 'root', path)), { recursive: true })
    await writeFile(join(folder, 'root', path), content)
  }
  await mkdir(join(folder, 'temp'))
  const port = await freePort()
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, 'temp', name)};`,
  )
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; ${user} pid ${join(folder, 'pid')}; error_log stderr crit; worker_processes auto;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_timeout 0; ${temp.join(' ')}
  server { listen 127.0.0.1:${port} backlog=4096; root ${join(folder, 'root')}; } }`,
  )
  const child = spawn(NGINX, ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  if (await waitFor(() => isOpen(port), { limitMs: 10_000, everyMs: 50 })) return { port, stop }
  await stop()
  throw new Error('nginx does not listen')
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
