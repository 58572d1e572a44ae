import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../config/load-config.ts'
import { readOrMakePrivate, writePrivate } from './private-file.ts'
import { ensureWebhookSecret, webhookSecretFile } from './webhook-secret.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paikea-first-'))
})
afterEach(async () => rm(folder, { recursive: true }))

describe('readOrMakePrivate()', () => {
  test('makes the file once, readable by its owner only', async () => {
    const file = join(folder, 'deep', 'secret')
    expect(await readOrMakePrivate(file, () => 'one')).toEqual({ text: 'one', isNew: true })
    expect(await readOrMakePrivate(file, () => 'two')).toEqual({ text: 'one', isNew: false })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'deep'))).toEqual(['secret'])
  })

  test('gives all of many at once the same text', async () => {
    const file = join(folder, 'secret')
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => readOrMakePrivate(file, () => `text ${n}`)))
    expect(new Set(results.map((result) => result.text)).size).toBe(1)
    expect(results.filter((result) => result.isNew)).toHaveLength(1)
  })
})

test('writePrivate() never writes over a file', async () => {
  const file = join(folder, 'secret')
  expect(await writePrivate(file, 'one')).toBe(true)
  expect(await writePrivate(file, 'two')).toBe(false)
})

describe('ensureWebhookSecret()', () => {
  test('refuses an empty file in one line, and makes no secret that is gone with the process', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder })
    await writeFile(webhookSecretFile(folder), '')
    await expect(ensureWebhookSecret(config)).rejects.toThrow(
      `wrong configuration: ${webhookSecretFile(folder)} is empty: remove it, and a new one is generated`,
    )
  })

  test('takes the configured one and leaves no file', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder, PAIKEA_WEBHOOK_SECRET: 'sixteen-letters-and-more' })
    expect(await ensureWebhookSecret(config)).toBe('sixteen-letters-and-more')
    expect(await readdir(folder)).toEqual([])
  })

  test('makes one that the next start finds, and that could be configured', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder })
    const secret = await ensureWebhookSecret(config)
    expect(await ensureWebhookSecret(config)).toBe(secret)
    expect(loadConfig({ PAIKEA_WEBHOOK_SECRET_FILE: webhookSecretFile(folder) }).webhook.secret).toBe(secret)
  })
})
