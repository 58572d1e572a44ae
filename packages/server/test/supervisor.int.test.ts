import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@paikea/firmware/testing'
import { until } from './until.ts'

const root = join(import.meta.dirname, '../../..')
const main = join(root, 'packages/server/dist/main.js')
const supervisord = ['/usr/bin/supervisord', '/usr/local/bin/supervisord'].find((path) => existsSync(path))
const LIMIT_MS = 50_000

;(supervisord === undefined ? test.skip : test)(
  'supervisord restarts a killed process, stops both cleanly, and does not retry a wrong setting',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paikea-supervisor-'))
    const port = await freePort()
    const settings = { PAIKEA_DATA: join(folder, 'data'), TEMPORAL_ADDRESS: '127.0.0.1:1', PAIKEA_DEVICE_PORT: '0' }
    const set = (own: Readonly<Record<string, string>>): void =>
      writeFileSync(
        join(folder, 'paikea.env'),
        Object.entries(own)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
    set({ ...settings, PAIKEA_PORT: String(port) })
    const env = { PATH: process.env['PATH'] }
    execFileSync(process.execPath, [main, 'migrate'], { env: { ...env, ...settings }, stdio: 'ignore' })
    const sample = readFileSync(join(root, 'deploy/supervisor/paikea.conf'), 'utf8')
      .replaceAll('/usr/bin/node', process.execPath)
      .replaceAll('/opt/paikea', root)
      .replaceAll('user=paikea', `user=${userInfo().username}`)
      .replaceAll('/etc/paikea/paikea.env', join(folder, 'paikea.env'))
      .replaceAll('/var/log/paikea', folder)
    const file = join(folder, 'supervisord.conf')
    writeFileSync(
      file,
      `[supervisord]
nodaemon=true
logfile=${join(folder, 'supervisord.log')}
pidfile=${join(folder, 'supervisord.pid')}
[unix_http_server]
file=${join(folder, 'supervisor.sock')}
[supervisorctl]
serverurl=unix://${join(folder, 'supervisor.sock')}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${sample}`,
    )
    const control = (...words: readonly string[]): string =>
      spawnSync(join(supervisord ?? '', '../supervisorctl'), ['-c', file, ...words], { encoding: 'utf8', env }).stdout
    const stateOf = (name: string) =>
      /^\S+\s+(?<state>[A-Z]+)(?:\s+pid (?<pid>\d+))?/.exec(control('status', name))?.groups ?? {}
    const isAnswering = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    const log = (): string => readFileSync(join(folder, 'supervisord.log'), 'utf8')
    let daemon: ChildProcess | undefined
    try {
      daemon = spawn(supervisord ?? '', ['-c', file], { env, stdio: 'ignore' })
      await until(isAnswering, LIMIT_MS)
      await until(() => readFileSync(join(folder, 'worker.log'), 'utf8') !== '', LIMIT_MS)
      const before = stateOf('paikea-api')
      expect([before['state'], stateOf('paikea-worker')['state']]).toEqual(['RUNNING', 'RUNNING'])

      process.kill(Number(before['pid']), 'SIGKILL')
      await until(() => log().includes('terminated by SIGKILL; not expected'), LIMIT_MS)
      await until(isAnswering, LIMIT_MS)
      const after = stateOf('paikea-api')
      expect(after['state']).toBe('RUNNING')
      expect(after['pid']).not.toBe(before['pid'])

      control('stop', 'all')
      expect(log()).toContain('stopped: paikea-api (exit status 0)')
      expect(log()).toContain('stopped: paikea-worker (exit status 0)')

      set({ ...settings, PAIKEA_PORT: 'eighty' })
      control('start', 'paikea-api')
      await until(() => log().includes('exited: paikea-api (exit status 78; expected)'), LIMIT_MS)
      expect(stateOf('paikea-api')['state']).toBe('EXITED')
      expect(readFileSync(join(folder, 'api.log'), 'utf8')).toContain('PAIKEA_PORT must be a port number')
    } finally {
      if (daemon !== undefined && daemon.exitCode === null) {
        const gone = once(daemon, 'exit')
        daemon.kill('SIGTERM')
        await gone
      }
      rmSync(folder, { recursive: true })
    }
  },
  4 * LIMIT_MS,
)
