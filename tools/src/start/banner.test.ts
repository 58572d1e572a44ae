import { spawnSync } from 'node:child_process'
import { decode } from '@paikea/packets'
import { parseWebhook } from '@paikea/rockblock-client'
import { loadConfig } from '@paikea/server/config'
import { describeInstallation } from './banner.ts'
import { parseFlags } from './flags.ts'

function bannerOf(databaseAway: string | null): string {
  const flags = parseFlags(['--data', '/nowhere'], '/')
  if (flags === null) throw new Error('no flags')
  const installation = {
    flags,
    config: loadConfig({}),
    webhookSecret: 's3cret',
    webhookSecretFile: '',
    settings: {},
    folders: { run: '/nowhere/run', logs: '/nowhere/logs' },
  }
  return describeInstallation(installation, { token: null, newAdmin: null, databaseAway }, { seconds: 1 })
}

test('the banner reports a database that does not answer', () => {
  expect(bannerOf('connect ECONNREFUSED')).toContain('The database cannot be used (connect ECONNREFUSED).')
  expect(bannerOf(null)).not.toContain('cannot be used')
})

test('the banner’s sample message comes from the first buoy at this moment, and can be decoded', () => {
  const text = bannerOf(null)
  const line = /curl -s .*/.exec(text)?.[0] ?? ''
  const before = Math.floor(Date.now() / 1000) * 1000
  // A real shell fills in the time; instead of being sent, what curl is given is shown.
  const shown = spawnSync('sh', ['-c', `curl() { for word; do printf '%s\\n' "$word"; done; }; ${line}`], {
    encoding: 'utf8',
  })
  expect(shown).toMatchObject({ status: 0, stderr: '' })
  const [silent, url, ...words] = shown.stdout.trimEnd().split('\n')
  expect([silent, url]).toEqual(['-s', 'http://127.0.0.1:8080/rockblock/incoming/s3cret'])
  const fields = words.filter((word) => /^\w+=/.test(word)).map((word) => word.split('=') as [string, string])
  const receivedAt = new Date()
  const body = new TextEncoder().encode(new URLSearchParams(fields).toString())
  const parsed = parseWebhook(body, 'application/x-www-form-urlencoded', { receivedAt })
  if (!parsed.ok) throw new Error(parsed.reason.detail)
  const { message } = parsed
  expect(message).toMatchObject({ imei: '300434061000001', serial: null, problems: [] })
  const sentAt = message.transmitTime?.getTime() ?? 0
  expect(sentAt).toBeGreaterThanOrEqual(before)
  expect(sentAt).toBeLessThanOrEqual(receivedAt.getTime())
  const packet = decode(message.payload, { receivedAt, transmitTime: message.transmitTime })
  if (!packet.ok || packet.report.kind !== 'position') throw new Error('no position')
  expect(packet.report).toMatchObject({ packetType: 'PK001', hasFix: true })
  expect(packet.report.fixAt?.getTime()).toBeGreaterThanOrEqual(before)
  expect(packet.report.fixAt?.getTime()).toBeLessThanOrEqual(receivedAt.getTime())
})
