import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs the example of README.md with Node on the built package, and compares what it prints with the comments in it. */
test('README.md: the example does what it says', async () => {
  const root = join(import.meta.dirname, '..')
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''
  const expected = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1])
  const folder = mkdtempSync(join(tmpdir(), 'paikea-readme-'))
  const scratch = join(root, '.types', 'readme')
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, 'example.mjs')
  writeFileSync(file, `const folder = ${JSON.stringify(folder)}\n${example}`)
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  rmSync(folder, { recursive: true })
  expect(expected).toHaveLength(3)
  expect(stdout.trim().split('\n')).toEqual(expected)
})
