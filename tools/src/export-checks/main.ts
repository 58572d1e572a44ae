/** `npm run check-exports`: feeds tracks exported by a real API to the programs that scientists and crews use. */
import { checkExports } from './check-exports.ts'

const results = await checkExports()
for (const { name, isGood, output } of results) {
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${name}\n${isGood ? '' : `${output}\n`}`)
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1
