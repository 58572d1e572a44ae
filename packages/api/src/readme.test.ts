import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A process of its own compiles and loads the whole package.
jest.setTimeout(20_000)

/** Runs the first example of README.md and compares what it prints with the comments behind its `console.log` lines. */
it('README.md: the first example prints what its comments promise', async () => {
  const folder = join(import.meta.dirname, '..')
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? ''
  const expected = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1])
  const imports = example.split('\n').filter((line) => line.startsWith('import '))
  const rest = example.split('\n').filter((line) => !line.startsWith('import '))
  const scratch = join(folder, '.types', 'readme')
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, `example-${String(process.pid)}.ts`)
  // Jest compiles to CommonJS, which has no `await` outside of a function.
  writeFileSync(file, [...imports, 'export async function run() {', ...rest, '}'].join('\n'))
  const lines: string[] = []
  jest.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void lines.push(words.map(String).join(' ')))
  try {
    const { run } = (await import(file)) as { run: () => Promise<void> }
    await run()
  } finally {
    rmSync(file)
  }
  expect(expected.length).toBeGreaterThan(1)
  expect(lines).toEqual(expected)
})
