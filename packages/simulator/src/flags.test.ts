import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { FlagError, readFlags } from './flags.ts'

describe('readFlags()', () => {
  it('returns the documented defaults', () => {
    expect(readFlags([])).toMatchObject({
      port: 8099,
      host: '127.0.0.1',
      dataFolder: null,
      webhookUrl: 'http://127.0.0.1:8080',
      webhookSecret: null,
      demoFleet: 0,
      linkUrl: 'ws://127.0.0.1:7777',
      demoRockStar: false,
      demoCloudloop: null,
      speed: 1,
      signWebhooks: false,
    })
  })

  it('reads every flag, and the secret from its file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'flags-'))
    const file = path.join(folder, 'secret')
    writeFileSync(file, 's3cret\n')
    const flags = readFlags([
      ...['--port', '0', '--host', '0.0.0.0', '--data', folder, '--webhook-url', 'http://127.0.0.1:9000'],
      ...[
        '--webhook-secret-file',
        file,
        '--demo-fleet',
        '3',
        '--demo-rockstar',
        '--demo-cloudloop',
        'imt',
        '--speed',
        '60',
        '--sign-webhooks',
      ],
      ...['--username', 'me', '--password', 'pw', '--token', 't'],
    ])
    rmSync(folder, { recursive: true })
    expect(flags).toEqual({
      port: 0,
      host: '0.0.0.0',
      dataFolder: folder,
      webhookUrl: 'http://127.0.0.1:9000',
      webhookSecret: 's3cret',
      demoFleet: 3,
      linkUrl: 'ws://127.0.0.1:7777',
      demoRockStar: true,
      demoCloudloop: 'imt',
      speed: 60,
      signWebhooks: true,
      username: 'me',
      password: 'pw',
      token: 't',
    })
  })

  it.each([
    [['--port', 'x'], '--port'],
    [['--port', '70000'], '--port'],
    [['--speed', '0'], '--speed'],
    [['--demo-fleet', '-1'], '--demo-fleet'],
    [['--demo-cloudloop', 'both'], '--demo-cloudloop'],
    [['--webhook-url', 'ftp://x'], '--webhook-url'],
    [['--webhook-secret-file', '/nowhere/at/all'], '--webhook-secret-file'],
    [['--sunspots'], '--sunspots'],
  ])('names the wrong flag in %j', (args, name) => {
    expect(() => readFlags(args)).toThrow(FlagError)
    expect(() => readFlags(args)).toThrow(name)
  })

  it('returns help for --help', () => {
    expect(readFlags(['--help'])).toBe('help')
  })
})
