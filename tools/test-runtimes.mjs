/**
 * `npm run test:runtimes`: the fast tests, and one whole system that takes a delivery, on Node 22 and 24.
 *
 *     npm run test:runtimes -- 24                       # one version
 *     npm run test:runtimes -- 20 22 24 --all           # the whole suite on each
 *     npm run test:runtimes -- 22 --smoke               # the system alone
 *     npm run test:runtimes -- 24 packages/database/    # a slice of the suite, without the system
 *
 * `npm test` runs the fast tests and the system on the recommended version by itself.
 */
import { spawn } from 'node:child_process'
import { prepare, root } from './prepare.mjs'
import { environmentOf, nodeOf, smoke } from './runtimes.mjs'
import { installSystemPackages } from './system-packages.mjs'

const given = process.argv.slice(2)
const versions = given.filter((word) => /^\d+$/.test(word))
const paths = given.filter((word) => !/^\d+$/.test(word) && !word.startsWith('--'))
if (given.includes('--all')) await installSystemPackages()
await prepare({ everything: true })

let failed = 0
for (const version of versions.length === 0 ? ['22', '24'] : versions) {
  const node = await nodeOf(version)
  say(`Node ${version}: ${node}`)
  const isGood = (await areTestsGood(node)) && (paths.length > 0 || (await smoke(node)))
  say(`Node ${version}: ${isGood ? 'passed' : 'FAILED'}`)
  if (!isGood) failed += 1
}
process.exit(failed === 0 ? 0 : 1)

async function areTestsGood(node) {
  if (given.includes('--smoke')) return true
  const projects = given.includes('--all') || paths.length > 0 ? [] : ['--selectProjects', 'fast']
  const words = ['node_modules/jest/bin/jest.js', ...projects, ...(paths.length === 0 ? [] : ['--', ...paths])]
  const child = spawn(node, words, { cwd: root, stdio: 'inherit', env: environmentOf(node) })
  return (await new Promise((resolve) => child.on('close', resolve))) === 0
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
