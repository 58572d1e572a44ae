import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const starter = fileURLToPath(new URL('./main.ts', import.meta.url))

/** What a module and all it imports take from packages; types cost nothing at run time. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const code = readFileSync(file, 'utf8').replaceAll(/^import type [^;]*? from '[^']*'$/gm, '')
  const names = [...code.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return names.flatMap((name) =>
    name.startsWith('.') ? packagesOf(join(dirname(file), name), seen) : name.startsWith('node:') ? [] : [name],
  )
}

test('the starter imports a single package, @paikea/server/private-folder, which imports none', () => {
  expect(readdirSync(dirname(starter))).toContain('main.ts')
  expect(packagesOf(starter)).toEqual(['@paikea/server/private-folder'])
  const folder = join(dirname(starter), '../../../packages/server/src/first-start/private-folder.ts')
  expect(packagesOf(folder)).toEqual([])
})
