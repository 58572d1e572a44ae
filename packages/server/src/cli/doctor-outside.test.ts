import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkBackup, checkMail, checkPublicAddress, lastBackupFile } from './doctor-outside.ts'

const NOW = new Date('2026-11-24T12:00:00Z')

describe('the external checks of doctor', () => {
  it('detect a public address that fails or leads elsewhere, a closed webhook and a wrong clock', async () => {
    const answer = { body: 'OK', date: NOW.toUTCString(), webhook: 401 }
    const server = createServer((request, response) => {
      response.setHeader('Date', answer.date)
      if (request.url === '/rockblock/incoming' && request.method === 'POST') {
        response.statusCode = answer.webhook
        return response.end('{"code":"not-let-in"}')
      }
      response.statusCode = request.url === '/connection/hc' ? 200 : 404
      return response.end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // Listening on TCP, so it has a port.
    const publicUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const look = async () => {
      const http = {
        publicUrl,
        workflowsUrl: null,
        tiles: null,
        host: '',
        port: 0,
        devicePort: 0,
        trustedProxies: [],
        metricsToken: null,
      }
      return (await checkPublicAddress({ http }, () => NOW)).map(({ verdict, what }) => `${verdict} ${what}`)
    }
    expect(await look()).toEqual(['ok public address', 'ok webhook'])
    answer.webhook = 405
    expect(await look()).toEqual(['ok public address', 'WRONG webhook'])
    answer.webhook = 401
    answer.date = new Date(NOW.getTime() - 300_000).toUTCString()
    expect(await look()).toEqual(['ok public address', 'ok webhook', 'WRONG clock'])
    answer.body = 'Welcome to nginx'
    expect(await look()).toContain('WRONG public address')
    await new Promise((resolve) => server.close(resolve))
    expect(await look()).toEqual(['WRONG public address'])
  })

  it('warn when production has no recent backup, and expect none in development', () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'paikea-doctor-'))
    const verdict = (environment: string) => checkBackup({ dataFolder, environment }, NOW).map((one) => one.verdict)
    expect(verdict('DEV')).toEqual([])
    expect(verdict('PROD')).toEqual(['care'])
    writeFileSync(lastBackupFile(dataFolder), JSON.stringify({ madeAt: '2026-11-24T03:15:00Z' }))
    expect(verdict('DEV')).toEqual(['ok'])
    writeFileSync(lastBackupFile(dataFolder), JSON.stringify({ madeAt: '2026-11-20T03:15:00Z' }))
    expect(verdict('PROD')).toEqual(['care'])
    rmSync(dataFolder, { recursive: true })
  })

  it('report an unreachable mail server without its password', async () => {
    const mail = { url: 'smtp://user:hunter2@127.0.0.1:1', from: 'paikea@example.org' }
    const [finding] = await checkMail({ mail })
    expect(finding).toMatchObject({ verdict: 'WRONG', what: 'mail server' })
    expect(finding?.detail).not.toContain('hunter2')
    expect(await checkMail({ mail: null })).toEqual([])
  })
})
