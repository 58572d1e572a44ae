import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Packages whose README has one example that prints, and how many lines that prints; the others run theirs themselves. */
const packages = [
  ['database', 3],
  ['intake', 4],
  ['server', 3],
] as const

describe('the README example prints what its comments state, with Node on the built package', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-readme-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test.each(packages)('packages/%s', async (name, lines) => {
    const home = join(import.meta.dirname, '../../packages', name)
    const example = /```js\n(.*?)```/s.exec(readFileSync(join(home, 'README.md'), 'utf8'))?.[1] ?? ''
    // Behind code, and not a value's shape.
    const expected = [...example.matchAll(/ \/\/ (?!\{)(.*)$/gm)].map((match) => match[1])
    expect(expected).toHaveLength(lines)
    // Below the package's folder, so that the imports resolve as they do for whoever reads it.
    const scratch = join(home, '.types', 'readme')
    mkdirSync(scratch, { recursive: true })
    const file = join(scratch, `example-${process.pid}.mjs`)
    const given = /\bfolder\b/.test(example) ? `const folder = ${JSON.stringify(folder)}\n` : ''
    writeFileSync(file, `${given}${example}`)
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [file])
      expect(stdout.trim().split('\n')).toEqual(expected)
    } finally {
      rmSync(file)
    }
  })
})
