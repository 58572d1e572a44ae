import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { runCommand } from '../binaries/run-command.ts'
import { isListening } from '../services/wait-for.ts'
import type { Part } from '../start/part.ts'
import { keptPart } from './kept-part.ts'

const SAMPLE = fileURLToPath(new URL('../../../deploy/nginx/paikea.conf', import.meta.url))

/** nginx configured as in the sample, with a test certificate, in front of these ports. */
export async function prepareFront(options: {
  readonly folder: string
  readonly logs: string
  readonly pids: string
  readonly apiPorts: readonly number[]
  readonly httpsPort: number
  readonly httpPort: number
}): Promise<Part> {
  const folder = join(options.folder, 'nginx')
  await mkdir(join(folder, 'temp'), { recursive: true })
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=paikea.example', '-days', '2', '-nodes', '-keyout', key, '-out', certificate]
  const made = await runCommand('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { timeoutMs: 60_000 })
  if (made.code !== 0) throw new Error(`openssl: ${made.stderr}`)
  const sample = (await readFile(SAMPLE, 'utf8'))
    .replace('server 127.0.0.1:8080;', options.apiPorts.map((port) => `server 127.0.0.1:${port};`).join(' '))
    .replace('listen 443 ssl', `listen 127.0.0.1:${options.httpsPort} ssl`)
    .replace('listen 80', `listen 127.0.0.1:${options.httpPort}`)
    .replaceAll(/listen \[::\].*;/g, '')
    .replace('/etc/ssl/paikea/fullchain.pem', certificate)
    .replace('/etc/ssl/paikea/privkey.pem', key)
    .replaceAll('/var/log/nginx/paikea.log', join(options.logs, 'nginx-access.log'))
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'temp', name)};`)
    .join(' ')
  await writeFile(
    join(folder, 'nginx.conf'),
    // One process: a killed master would leave its workers behind, which hold the ports.
    `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr crit;
     events { worker_connections 512; } http { ${temp} ${sample} }`,
  )
  return keptPart({
    name: 'nginx',
    command: 'nginx',
    arguments: ['-c', join(folder, 'nginx.conf'), '-p', folder],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    pidFile: join(options.pids, 'nginx'),
    logFile: join(options.logs, 'nginx.log'),
    isUp: () => isListening({ port: options.httpsPort }),
  })
}
