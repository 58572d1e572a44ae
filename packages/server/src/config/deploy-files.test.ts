import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { SETTINGS } from './settings.ts'

const deploy = fileURLToPath(new URL('../../../../deploy/', import.meta.url))
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const known = new Set(Object.keys(SETTINGS))

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
