import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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
  test('creates the file once, readable only by its owner', async () => {
    const file = join(folder, 'deep', 'secret')
    expect(await readOrMakePrivate(file, () => 'one')).toEqual({ text: 'one', isNew: true })
    expect(await readOrMakePrivate(file, () => 'two')).toEqual({ text: 'one', isNew: false })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'deep'))).toEqual(['secret'])
  })

  test('returns the same text to concurrent callers', async () => {
    const file = join(folder, 'secret')
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => readOrMakePrivate(file, () => `text ${n}`)))
    expect(new Set(results.map((result) => result.text)).size).toBe(1)
    expect(results.filter((result) => result.isNew)).toHaveLength(1)
  })
})

test('writePrivate() refuses to overwrite a file', async () => {
  const file = join(folder, 'secret')
  expect(await writePrivate(file, 'one')).toBe(true)
  expect(await writePrivate(file, 'two')).toBe(false)
  expect(await readFile(file, 'utf8')).toBe('one\n')
})

describe('ensureWebhookSecret()', () => {
  test('refuses an empty file in one line instead of generating a secret', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder })
    await writeFile(webhookSecretFile(folder), '')
    await expect(ensureWebhookSecret(config)).rejects.toThrow(
      `wrong configuration: ${webhookSecretFile(folder)} is empty: remove it, and a new one is generated`,
    )
  })

  test('uses the configured secret, and leaves no file', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder, PAIKEA_WEBHOOK_SECRET: 'sixteen-letters-and-more' })
    expect(await ensureWebhookSecret(config)).toBe('sixteen-letters-and-more')
    expect(await readdir(folder)).toEqual([])
  })

  test('generates a secret that the next start reuses and the configuration accepts', async () => {
    const config = loadConfig({ PAIKEA_DATA: folder })
    const secret = await ensureWebhookSecret(config)
    expect(await ensureWebhookSecret(config)).toBe(secret)
    expect(loadConfig({ PAIKEA_WEBHOOK_SECRET_FILE: webhookSecretFile(folder) }).webhook.secret).toBe(secret)
  })
})
