/**
 * `npm run fuzz-api`: fuzzes the live API thoroughly with Schemathesis. Fails on a 5xx, and on a response that the
 * document does not describe.
 */
import { fuzzApi } from './fuzz-api.ts'

const DEFAULT_EXAMPLES = 20

const { isGood, output, log } = await fuzzApi({
  examples: Number(process.argv[2] ?? DEFAULT_EXAMPLES),
  withBounds: true,
})
process.stderr.write(log.map((line) => `${line}\n`).join(''))
process.stdout.write(output)
process.exitCode = isGood ? 0 : 1
