import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const folder = join(import.meta.dirname, '..')

it('README: the example prints what its comments say', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const expected = [...example.matchAll(/ \/\/ (?!\{)(.*)$/gm)].map((match) => match[1])
  expect(expected.length).toBeGreaterThan(2)
  // In the package's folder, so that the imports resolve as they do for whoever reads it.
  const file = join(folder, `.readme-example-${process.pid}.mjs`)
  await writeFile(file, example)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file])
    expect(stdout.trim().split('\n')).toEqual(expected)
  } finally {
    await rm(file)
  }
})
