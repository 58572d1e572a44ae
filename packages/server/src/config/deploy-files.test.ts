import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { SETTINGS } from './settings.ts'

const deploy = fileURLToPath(new URL('../../../../deploy/', import.meta.url))
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const known = new Set(Object.keys(SETTINGS))

/** Of the Compose specification what our file uses; a word that is not in it is a fault. */
const TEXTS = z.array(z.string())
const SERVICE = z.strictObject({
  image: z.string().min(1),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+(?:ms|s|m|h)$/)
    .optional(),
  read_only: z.boolean().optional(),
  tmpfs: TEXTS.optional(),
  cap_drop: TEXTS.optional(),
  security_opt: TEXTS.optional(),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[\w/]+$/)).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: TEXTS.optional(),
  ports: z.array(z.string().regex(/^(?:[\d.]+:)?\d+:\d+$/)).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']) }),
    )
    .optional(),
  healthcheck: z
    .union([
      z.strictObject({ disable: z.literal(true) }),
      z.strictObject({ test: TEXTS, interval: z.string(), retries: z.int() }),
    ])
    .optional(),
})
const COMPOSE = z
  .strictObject({
    name: z.string(),
    'x-paikea': z.unknown(),
    services: z.record(z.string(), SERVICE),
    volumes: z.record(z.string(), z.strictObject({})),
  })
  .transform(({ services }) => ({ services: Object.entries(services) }))

describe('files for a real installation', () => {
  it.each(files.filter((file) => /\.ya?ml$/.test(file)).map((file) => [file.slice(deploy.length), file]))(
    '%s is YAML without a fault',
    (_name, file) => {
      const documents = parseAllDocuments(readFileSync(file, 'utf8'), { merge: true })
      if (!Array.isArray(documents)) throw new Error('an empty file')
      expect(documents.flatMap(({ errors }) => errors)).toEqual([])
      for (const document of documents) expect(document.toJS()).toEqual(expect.any(Object))
    },
  )

  it('compose: every service says only what Compose knows, and waits only for services there are', () => {
    const [document] = parseAllDocuments(readFileSync(join(deploy, 'container/compose.yaml'), 'utf8'), { merge: true })
    const compose: unknown = document?.toJS()
    const services = new Map(COMPOSE.parse(compose).services)
    for (const [name, { depends_on: waits = {} }] of services) {
      for (const other of Object.keys(waits)) expect([name, other, services.has(other)]).toEqual([name, other, true])
    }
    expect([...services.keys()]).toEqual(['migrate', 'api', 'worker', 'database', 'temporal'])
  })

  it('set only variables there are', () => {
    const unknown = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bPAIKEA_[A-Z_]+\b/g)]
        .map(([name]) => name)
        .filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')) && name !== 'PAIKEA_DOTENV')
        .map((name) => `${file.slice(deploy.length)}: ${name}`),
    )
    expect(unknown).toEqual([])
  })
})
