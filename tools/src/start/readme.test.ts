import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHelp } from './flags.ts'

const tools = join(import.meta.dirname, '../..')

test('README.md quotes the current help text', () => {
  const readme = readFileSync(join(tools, 'README.md'), 'utf8')
  expect(readme).toContain(`$ npm start -- --help\n${startHelp}\`\`\`\n`)
})

test('start.mjs prints the help in a clone where nothing is installed or built', () => {
  const clone = mkdtempSync(join(tmpdir(), 'paikea-help-'))
  try {
    for (const name of ['start.mjs', 'prepare.mjs', 'start-help.txt']) {
      cpSync(join(tools, name), join(clone, 'tools', name))
    }
    const shown = execFileSync(process.execPath, [join(clone, 'tools/start.mjs'), '--port', '1', '--help'])
    expect(shown.toString()).toBe(startHelp)
  } finally {
    rmSync(clone, { recursive: true })
  }
})
