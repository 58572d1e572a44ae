import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@paikea/firmware/testing'

/** A process that serves on a port. */
export interface Serving {
  readonly port: number
  stop(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const SCRIPT = fileURLToPath(new URL('serve.mjs', import.meta.url))
const RUNTIMES = {
  node: [process.execPath, SCRIPT],
  deno: [join(ROOT, 'node_modules/.bin/deno'), 'run', '-A', '--no-check', '--node-modules-dir=manual', SCRIPT],
} as const

/** Runs the test's server under a runtime. */
export async function serveUnder(runtime: keyof typeof RUNTIMES): Promise<Serving> {
  const [program, ...args] = RUNTIMES[runtime]
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const port = Number(await firstMatch(child, /PORT (\d+)/u))
  return { port, stop: () => stop(child) }
}

/** Where Debian puts the program. */
export const NGINX =
  ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path)) ?? null

/** Puts a real nginx in front of a port. */
export async function startNginx(upstream: number): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-nginx-'))
  mkdirSync(join(folder, 'temp'))
  const port = await freePort()
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'temp', name)};`)
    .join('\n')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${join(folder, 'pid')}; error_log stderr crit; worker_processes 1;
events { worker_connections 1024; }
http { access_log off; ${temp}
  gzip on; gzip_proxied any; gzip_types application/json application/octet-stream text/plain;
  server { listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${upstream}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }`,
  )
  const child = spawn(NGINX ?? 'nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await untilOpen(port, child)
  return {
    port,
    async stop() {
      await stop(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  const { connect } = await import('node:net')
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error('it ended')
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it does not listen')
}

function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const onText = (text: Buffer): void => {
      said += text.toString()
      const found = pattern.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', onText)
    child.stderr?.on('data', onText)
    child.once('exit', () => reject(new Error(`it ended: ${said}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // nginx ends its worker only when it is asked to: killed outright it leaves it behind.
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await gone
  clearTimeout(hard)
}
