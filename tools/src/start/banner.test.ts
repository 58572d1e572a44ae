import { decode } from '@paikea/packets'
import { parseWebhook } from '@paikea/rockblock-client'
import { loadConfig } from '@paikea/server/config'
import { describeHouse } from './banner.ts'
import { parseFlags } from './flags.ts'

test('the message to try is one of the first buoy, and can be read', () => {
  const flags = parseFlags(['--data', '/nowhere'], '/')
  if (flags === null) throw new Error('no flags')
  const house = {
    ...{ flags, config: loadConfig({}), webhookSecret: 's3cret', webhookSecretFile: '', settings: {} },
    folders: { run: '/nowhere/run', logs: '/nowhere/logs' },
  }
  const now = new Date('2026-11-24T12:34:56Z')
  const text = describeHouse(house, { token: null, newAdmin: null }, { seconds: 1, now })
  const [, url, contentType = '', body = ''] = /curl -s (\S+) -H 'Content-Type: ([^']+)' -d '([^']+)'/.exec(text) ?? []
  expect(url).toBe('http://127.0.0.1:8080/rockblock/incoming/s3cret')
  const parsed = parseWebhook(new TextEncoder().encode(body), contentType, { receivedAt: now })
  if (!parsed.ok) throw new Error(parsed.reason.detail)
  const { message } = parsed
  expect(message).toMatchObject({ imei: '300434061000001', serial: null, transmitTime: now, problems: [] })
  const packet = decode(message.payload, { receivedAt: now, transmitTime: message.transmitTime })
  expect(packet).toMatchObject({ ok: true, report: { packetType: 'PK001', fixAt: now, hasFix: true } })
})
