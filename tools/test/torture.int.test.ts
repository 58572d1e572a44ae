import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/torture/main.js', import.meta.url))
const isThere = ['PAIKEA_TEST_MARIADB_SOCKET', 'PAIKEA_TEST_TEMPORAL_CLI', 'PAIKEA_TEST_SQS_URL'].every(
  (name) => process.env[name] !== undefined,
)

/** Runs `npm run torture`, without the building. */
async function torture(words: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const { PATH, HOME, PAIKEA_TEST_TEMPORAL_CLI: TEMPORAL_CLI } = process.env
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH, HOME, TEMPORAL_CLI },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}

/** Clocks are set wrong as well where libfaketime is there. */
const clocks = spawnSync('faketime', ['--version']).error === undefined ? ['--clocks', '3'] : []

const testIf = isThere ? test : test.skip

testIf(
  'API, two workers, MariaDB, Temporal and the vendor are killed and paused: nothing is lost, doubled or out of order',
  async () => {
    const sizes = ['--messages', '60', '--kills', '5', '--gap-ms', '800', '--minutes', '4']
    const sqsUrl = process.env['PAIKEA_TEST_SQS_URL'] ?? ''
    const { code, output } = await torture(['--seed', '5', '--sqs-url', sqsUrl, ...sizes, ...clocks])
    // All of what it says, where it is not content.
    expect(code === 0 ? '' : output).toBe('')
    expect(output).toContain('5 kills, 2 pauses, 1 restarts')
    expect(output).toContain('devices sent 60, stored 60')
    expect(output).toMatch(/^queue: got 60\b/m)
    expect(output).toMatch(/^webhook: got 60\b/m)
  },
  300_000,
)
