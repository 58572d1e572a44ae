import { type Diagnostic, lintPlanted } from './planted.ts'

/** What may not be written, and the rule that says so. */
const violations: readonly (readonly [string, string, RegExp])[] = [
  ['a number', 'export const retryAfterMs = 5_000', /constant-case/],
  ['arithmetic', 'const DAY_MS = 86_400_000\nexport const weekMs = 7 * DAY_MS', /constant-case/],
  ['a text', "const name = 'a'\nexport const f = (): string => name", /constant-case/],
  ['a literal in a literal', 'export const f = (a: number): object => ({ ...{ a }, b: 1 })', /no-literal-spread/],
  ['a parameter', 'export function f(o: { a: number }): number {\n  return o.a\n}', /options-by-name/],
  ['a parameter with a default', 'export const f = (o = { a: 1 }): number => o.a', /options-by-name/],
  ['types alone', "import { type A } from './x.ts'\nexport type B = A", /no-import-type-side-effects/],
  ['types as values', "import { A } from './x.ts'\nexport type B = A", /consistent-type-imports/],
  [
    'two imports',
    "import { a } from './x.ts'\nimport type { B } from './x.ts'\nexport const c: B = a()",
    /no-duplicates/,
  ],
]

/** What stays possible. */
const permitted: readonly string[] = [
  "export const RETRY_AFTER_MS = 5_000\nexport const NAMES = ['a']\nexport const names = new Map([['a', 1]])",
  'export function f(): number {\n  const retryAfterMs = 5_000\n  return retryAfterMs\n}',
  'export const f = (a: number | null): object => ({ ...(a === null ? {} : { a }), b: 1 })',
  "const o = { id: 'o.id' }\nexport const SELECT = `SELECT ${o.id}`",
  "import { a, type B } from './x.ts'\nexport const c: B = a()",
  "import type { A } from './x.ts'\nexport type B = A",
]

const violating = (index: number) => `packages/api/src/wrong-${String(index)}.ts`
const allowed = (index: number) => `packages/api/src/right-${String(index)}.ts`

describe('the accent rules of the linter', () => {
  let found: readonly Diagnostic[] = []

  beforeAll(async () => {
    found = await lintPlanted([
      ['packages/api/src/x.ts', 'export const a = (): number => 1\nexport type A = number\nexport type B = number'],
      ...violations.map(([, source], index) => [violating(index), source] as const),
      ...permitted.map((source, index) => [allowed(index), source] as const),
    ])
  })

  const codesFor = (path: string) => found.filter(({ filename }) => filename === path).map(({ code }) => code)

  test.each(violations.map(([name, , rule], index) => [name, rule, index] as const))('refuse %s', (_, rule, index) => {
    expect(codesFor(violating(index))).toContainEqual(expect.stringMatching(rule))
  })

  test.each(permitted.map((source, index) => [source, index] as const))('permit %j', (_, index) => {
    expect(codesFor(allowed(index))).toEqual([])
  })
})
