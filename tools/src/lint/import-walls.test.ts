import { type Diagnostic, lintPlanted } from './planted.ts'

/** What may not be written, by the file it is planted in. */
const violations: readonly (readonly [string, string])[] = [
  ['packages/rockblock-client/src/a.ts', "import 'node:fs'"],
  ['packages/rockblock-client/src/b.ts', "import '@paikea/packets'"],
  ['packages/rockblock-client/src/c.ts', "import 'zod'"],
  ['packages/packets/src/a.ts', "import 'node:buffer'"],
  ['packages/packets/src/deep/c.ts', "import '../../../intake/src/mod.ts'"],
  ['packages/workflows/src/workflows/f.ts', "import '../../../intake/src/mod.ts'"],
  ['packages/packets/src/b.ts', "export * from '@paikea/database'"],
  ['packages/domain/src/a.ts', "import 'node:os'"],
  ['packages/domain/src/b.ts', "import '@paikea/packets'"],
  ['packages/simulator/src/c.ts', "import '@paikea/domain'"],
  ['packages/database/src/a.ts', "import '@paikea/packets'"],
  ['packages/database/src/b.ts', "import 'koa'"],
  ['packages/intake/src/a.ts', "import 'node:http'"],
  ['packages/intake/src/b.ts', "import '@temporalio/client'"],
  ['packages/intake/src/c.ts', "import 'sequelize'"],
  ['packages/delivery/src/a.ts', "import '@temporalio/client'"],
  ['packages/delivery/src/b.ts', "import 'koa'"],
  ['packages/delivery/src/c.ts', "import '@paikea/intake'"],
  ['packages/operations/src/a.ts', "import 'koa'"],
  ['packages/operations/src/b.ts', "import '@paikea/api'"],
  ['packages/operations/src/c.ts', "import '@temporalio/client'"],
  ['packages/alerts/src/a.ts', "import 'koa'"],
  ['packages/alerts/src/b.ts', "import '@paikea/api'"],
  ['packages/firmware/src/a.ts', "import '@paikea/database'"],
  ['packages/harbour/src/a.ts', "import 'koa'"],
  ['packages/harbour/src/b.ts', "import '@paikea/api'"],
  ['packages/harbour/src/c.ts', "import '@temporalio/client'"],
  ['packages/workflows/src/worker/a.ts', "import '@paikea/api'"],
  ['packages/workflows/src/worker/b.ts', "import 'sequelize'"],
  ['packages/workflows/src/contract/a.ts', "import { x } from '@paikea/intake'; x()"],
  ['packages/workflows/src/contract/b.ts', "import '@temporalio/workflow'"],
  ['packages/workflows/src/workflows/a.ts', "import 'node:crypto'"],
  ['packages/workflows/src/workflows/b.ts', "import '@paikea/database'"],
  ['packages/workflows/src/workflows/c.ts', "import { x } from '../activities/x.ts'; x()"],
  ['packages/workflows/src/workflows/d.ts', "import '@temporalio/client'"],
  ['packages/workflows/src/workflows/e.ts', 'export const x = process.pid'],
  ['packages/workflows/src/workflows/g.ts', "import 'pino'"],
  ['packages/workflows/src/workflows/h.ts', "export const x = await import('@paikea/intake')"],
  ['packages/workflows/src/activities/a.ts', "import '@temporalio/client'"],
  ['packages/workflows/src/activities/b.ts', "import 'sequelize'"],
  ['packages/api/src/a.ts', "import '@paikea/workflows'"],
  ['packages/api/src/b.ts', "import 'sequelize'"],
  ['packages/api/src/c.ts', "import '@temporalio/worker'"],
  ['packages/api/src/d.ts', "import '@paikea/simulator'"],
  ['packages/web/src/a.ts', "import '@paikea/database'"],
  ['packages/web/src/b.ts', "import { x } from '@paikea/api'; x()"],
  ['packages/web/src/c.tsx', "import 'node:fs'"],
  ['packages/simulator/src/a.ts', "import '@paikea/database'"],
  ['packages/simulator/src/b.ts', "import '@paikea/packets'"],
  ['packages/server/src/a.ts', "import '@paikea/web'"],
  ['packages/server/src/b.ts', "import '@paikea/simulator'"],
  ['packages/server/src/c.ts', "import '@paikea/database/src/mod.ts'"],
  ['packages/server/src/d.ts', "import '../../database/src/mod.ts'"],
  ['packages/server/src/e.ts', 'export const x = process.env'],
  ['packages/server/src/f.ts', "console.log('x')"],
  ['packages/server/test/a.int.test.ts', "import '@paikea/database/dist/mod.js'"],
  ['tools/src/a.ts', "import '@paikea/api/src/mod.ts'"],
  ['tools/src/b.ts', "import '../../packages/api/src/mod.ts'"],
  ['packages/api/src/long.ts', 'export {}\n'.repeat(401)],
]

/** What must stay possible. */
const permitted: readonly (readonly [string, string])[] = [
  ['packages/rockblock-client/src/ok.ts', "import './message.ts'"],
  ['packages/rockblock-client/src/adapters/ok.ts', "import '../message.ts'; import 'node:http'"],
  ['packages/packets/src/deep/ok.ts', "import '../coordinate.ts'"],
  [
    'packages/database/src/models/ok.ts',
    "import 'sequelize'; import 'node:path'; import '@paikea/domain'; import '../database.ts'",
  ],
  [
    'packages/intake/src/ok.ts',
    "import '@paikea/packets'; import '@paikea/domain'; import '@paikea/database'; import 'node:crypto'",
  ],
  [
    'packages/workflows/src/workflows/ok.ts',
    "import '@temporalio/workflow'; import '@paikea/domain'; import '../contract/mod.ts'; import '@paikea/delivery/contract'",
  ],
  [
    'packages/delivery/src/ok.ts',
    "import '@paikea/database'; import '@paikea/packets'; import 'node:https'; import 'zod'",
  ],
  ['packages/firmware/src/ok.ts', "import 'isomorphic-git'; import 'ignore'; import 'node:fs'"],
  ['packages/harbour/src/ok.ts', "import '@paikea/firmware/wire'; import '@paikea/database'; import 'node:net'"],
  ['packages/workflows/src/workflows/types.ts', "import type { X } from '../activities/x.ts'; export type Y = X"],
  ['packages/workflows/src/worker/ok.ts', "import '@temporalio/worker'; import '@paikea/database'; import 'node:path'"],
  ['packages/api/src/ok.ts', "import '@paikea/workflows/contract'; import 'koa'; import '@koa/router'; import 'zod'"],
  [
    'packages/web/src/ok.ts',
    "import type { X } from '@paikea/api/contract'; import '@paikea/packets'; export type Y = X",
  ],
  ['packages/simulator/src/ok.ts', "import '@paikea/rockblock-client/testing'; import 'koa'"],
  ['packages/server/src/ok.ts', "import '@paikea/api'; import '@paikea/workflows'; import 'pino'"],
  ['packages/server/src/config/ok.ts', 'export const x = process.env'],
  ['tools/src/ok.ts', "import '@paikea/simulator'; console.log('x')"],
  ['packages/api/src/ok.test.ts', "import '@paikea/database/testing'; import './mod.ts'"],
]

const wallRules = /no-restricted-imports|no-restricted-globals|no-process-env|no-console|max-lines/

describe('the import walls', () => {
  let found: readonly Diagnostic[] = []

  beforeAll(async () => {
    found = await lintPlanted([...violations, ...permitted])
  })

  const codesFor = (path: string): readonly string[] =>
    found.filter((diagnostic) => diagnostic.filename === path).map((diagnostic) => diagnostic.code)

  test.each(violations)('refuse the violation in %s', (path) => {
    expect(codesFor(path)).toContainEqual(expect.stringMatching(wallRules))
  })

  test.each(permitted)('permit what %s needs', (path) => {
    expect(codesFor(path).filter((code) => wallRules.test(code))).toEqual([])
  })
})

test('the linter reports a floating promise', async () => {
  const files = [
    ['packages/api/src/a.ts', 'async function x(): Promise<void> {}\nx()'],
    ['tsconfig.json', '{ "compilerOptions": { "strict": true, "types": [] } }'],
  ] as const
  const codes = (await lintPlanted(files, '--type-aware')).map((diagnostic) => diagnostic.code)
  expect(codes).toContainEqual(expect.stringContaining('no-floating-promises'))
})
