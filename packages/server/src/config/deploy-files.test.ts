import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DCLinter } from 'dclint'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { SETTINGS } from './settings.ts'

const deploy = fileURLToPath(new URL('../../../../deploy/', import.meta.url))
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const known = new Set(Object.keys(SETTINGS))

/** Carries Compose's own schema (compose-spec.json). Its own types are not found by the rules of ES modules. */
const compose: Linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] })
const composeFile = join(deploy, 'container/compose.yaml')
/** What no schema can hold: who waits for whom, and where. */
const COMPOSE = z.object({
  services: z.record(
    z.string(),
    z.object({ depends_on: z.record(z.string(), z.unknown()).optional(), volumes: z.array(z.string()).optional() }),
  ),
  volumes: z.record(z.string(), z.unknown()),
})

interface Linter {
  lintFiles(paths: readonly string[], recursive: boolean): readonly Linted[]
}
interface Linted {
  readonly messages: readonly { readonly rule: string; readonly message: string }[]
}

describe('deployment files', () => {
  it.each(files.filter((file) => /\.ya?ml$/.test(file)).map((file) => [file.slice(deploy.length), file]))(
    '%s is valid YAML',
    (_name, file) => {
      const documents = parseAllDocuments(readFileSync(file, 'utf8'), { merge: true })
      if (!Array.isArray(documents)) throw new Error('an empty file')
      expect(documents.flatMap(({ errors }) => errors)).toEqual([])
      for (const document of documents) expect(document.toJS()).toEqual(expect.any(Object))
    },
  )

  it('compose.yaml satisfies Compose’s own schema', () => {
    expect(faultsOf(composeFile)).toEqual([])
  })

  it.each([
    ['a word that it does not know', 'read_only: true', 'read_onyl: true'],
    ['a condition that it does not know', 'service_healthy', 'service_well'],
    ['a value of the wrong kind', 'retries: 30', 'retries: [30]'],
  ])('Compose’s schema rejects %s', (_what, right, wrong) => {
    const folder = mkdtempSync(join(tmpdir(), 'paikea-compose-'))
    try {
      const copy = join(folder, 'compose.yaml')
      writeFileSync(copy, readFileSync(composeFile, 'utf8').replace(right, wrong))
      expect(faultsOf(copy)).toEqual([expect.stringContaining('invalid-schema')])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('compose.yaml defines every service that another waits for, and every volume that one mounts', () => {
    const [document] = parseAllDocuments(readFileSync(composeFile, 'utf8'), { merge: true })
    const { services, volumes } = COMPOSE.parse(document?.toJS())
    for (const { depends_on: waits = {}, volumes: mounts = [] } of Object.values(services)) {
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(waits)))
      expect(Object.keys(volumes)).toEqual(expect.arrayContaining(mounts.map((mount) => mount.split(':')[0])))
    }
    expect(Object.keys(services)).toEqual(['migrate', 'api', 'worker', 'database', 'temporal'])
  })

  it('name only variables that the settings define', () => {
    const unknown = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bPAIKEA_[A-Z_]+\b/g)]
        .map(([name]) => name)
        .filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')) && name !== 'PAIKEA_DOTENV')
        .map((name) => `${file.slice(deploy.length)}: ${name}`),
    )
    expect(unknown).toEqual([])
  })
})

function faultsOf(file: string): string[] {
  const results = compose.lintFiles([file], false)
  expect(results).toHaveLength(1)
  // Its other rules are matters of taste: the order of words and the like.
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ rule }) => /^(?:invalid|unknown)-/.test(rule))
    .map(({ rule, message }) => `${rule}: ${message}`)
}
