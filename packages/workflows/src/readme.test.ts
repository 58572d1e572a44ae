import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

it('README.md: the example prints what its comments say', async () => {
  const folder = join(import.meta.dirname, '..')
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? ''
  const expected = [...example.matchAll(/console\.log\(.*\),? \/\/ (.*)$/gm)].map((match) => match[1])
  const lines = example.split('\n')
  const imports = lines.filter((line) => line.startsWith('import '))
  const rest = lines.filter((line) => !line.startsWith('import '))
  const scratch = join(folder, '.types', 'readme')
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, `example-${process.pid}.ts`)
  // Jest compiles to CommonJS, which has no `await` outside of a function.
  writeFileSync(file, [...imports, 'export async function run() {', ...rest, '}'].join('\n'))
  const printed: string[] = []
  jest.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void printed.push(words.map(String).join(' ')))
  try {
    // The file was written above, with this one export.
    const { run } = (await import(file)) as { run: () => Promise<void> }
    await run()
  } finally {
    rmSync(file)
  }
  expect(expected).toHaveLength(4)
  expect(printed).toEqual(expected)
})
