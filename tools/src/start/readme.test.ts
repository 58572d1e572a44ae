import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startHelp } from './flags.ts'

test('README.md shows the help as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(readme).toContain(`$ npm start -- --help\n${startHelp}\`\`\`\n`)
})
