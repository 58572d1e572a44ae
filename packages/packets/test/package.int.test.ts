/** The package as a stranger gets it: packed, installed outside the repository, used in every way it promises. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageDirectory, run, toolPath } from './run.ts'

const CONSUMER = `
import { decode, encodeCommands, type DecodeResult, type DeviceCommand, type PositionReport } from '@paikea/packets'
const result: DecodeResult = decode(new Uint8Array(), { receivedAt: new Date(), transmitTime: null })
export const report: PositionReport | null = result.ok && result.report.kind === 'position' ? result.report : null
export const latitude: number | null | undefined = report?.latitudeDegrees
const commands: DeviceCommand[] = [{ command: 'interval', minutes: 20 }]
export const texts = encodeCommands(commands, { generation: 'v2', maxBytes: 270 })
// @ts-expect-error the types are there, not any
export const wrong: string = decode(new Uint8Array(), { receivedAt: new Date(), transmitTime: null })
// @ts-expect-error no such command
commands.push({ command: 'reset' })
`

const publicTypes = [
  'CommandRequest',
  'DecodeContext',
  'DecodeResult',
  'DeviceCommand',
  'EmptySession',
  'EncodeCommandsResult',
  'EncodeProblem',
  'EncodeResult',
  'FieldProblem',
  'Generation',
  'HandsetPosition',
  'PositionReport',
  'Report',
  'ReportReason',
  'RockstarPosition',
  'ValueRange',
]

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

describe('the packed package, installed outside the repository', () => {
  let scratch: string
  let packed: Packed
  let example: { readonly code: string; readonly prints: string }

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'paikea-packets-'))
    await run(toolPath('tsc'), ['-b', 'tsconfig.build.json'], packageDirectory)
    packed = await pack(scratch)
    await writeFile(join(scratch, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`], scratch)
    example = await readExample()
    await writeFile(join(scratch, 'example.mjs'), example.code)
    await writeFile(join(scratch, 'example.ts'), example.code)
    await writeFile(join(scratch, 'consumer.ts'), CONSUMER)
  }, 120_000)

  afterAll(() => rm(scratch, { recursive: true, force: true }))

  it('contains only source, build, licence, README and manifest, in under 50 kB', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/mod.js', 'src/mod.ts']))
    expect(
      paths.filter((path) => !/^(dist|src)\/[a-z-]+\.(ts|js|d\.ts|js\.map|d\.ts\.map)$/.test(path)).sort(),
    ).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(packed.size).toBeLessThan(50_000)
  })

  it('exports these types and no others', async () => {
    const declarations = await readFile(join(scratch, 'node_modules/@paikea/packets/dist/mod.d.ts'), 'utf8')
    const names = [...declarations.matchAll(/export type \{([^}]*)\}/g)].flatMap(
      ([, list = '']) => list.match(/\w+/g) ?? [],
    )
    expect(names.sort()).toEqual(publicTypes)
    expect(declarations).not.toContain('export *')
  })

  it('has no dependencies', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8'))
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).not.toHaveProperty('peerDependencies')
  })

  it('is published under the same name and version on npm and JSR', async () => {
    const [npm, jsr] = await Promise.all(
      ['package.json', 'jsr.json'].map(async (file): Promise<unknown> =>
        JSON.parse(await readFile(join(packageDirectory, file), 'utf8')),
      ),
    )
    const { name, version } = npm as { name: string; version: string } // our own manifest
    expect(jsr).toMatchObject({ name, version })
  })

  it('runs the README’s example in Node', async () => {
    expect(await run(process.execPath, ['example.mjs'], scratch)).toBe(example.prints)
  })

  it('type-checks and runs the README’s example in Deno', async () => {
    const args = ['run', '--check', '--no-prompt', '--node-modules-dir=manual', 'example.ts']
    expect(withoutChecks(await run(toolPath('deno'), args, scratch))).toBe(example.prints)
  })

  it('provides its types in Deno', async () => {
    const output = await run(toolPath('deno'), ['check', '--node-modules-dir=manual', 'consumer.ts'], scratch)
    expect(withoutChecks(output)).toBe('')
  })

  for (const [module, moduleResolution] of [
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'bundler'],
  ]) {
    it(`provides its types in TypeScript with moduleResolution ${moduleResolution}`, async () => {
      const compilerOptions = { module, moduleResolution, strict: true, noEmit: true, target: 'ES2022', types: [] }
      const config = `tsconfig.${moduleResolution}.json`
      const files = ['consumer.ts', 'example.ts']
      await writeFile(join(scratch, config), JSON.stringify({ compilerOptions, files }))
      expect(await run(toolPath('tsc'), ['-p', config], scratch)).toBe('')
    })
  }
})

async function pack(destination: string): Promise<Packed> {
  const output = await run('npm', ['pack', '--json', '--silent', '--pack-destination', destination], packageDirectory)
  const [packed] = JSON.parse(output) as Packed[] // npm's own output
  if (packed === undefined) throw new Error(output)
  return packed
}

/** The example of the README, and what its comments say it prints. */
async function readExample(): Promise<{ code: string; prints: string }> {
  const readme = await readFile(join(packageDirectory, 'README.md'), 'utf8')
  const code = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''
  const prints = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line = '']) => `${line}\n`)
  if (prints.length < 5) throw new Error('the README has no example')
  return { code, prints: prints.join('') }
}

function withoutChecks(output: string): string {
  return output.replaceAll(/^Check .*\n/gm, '')
}
