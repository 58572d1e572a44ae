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
const clocks = spawnSync('faketime', ['--version']).error === undefined ? ['--clocks', '2'] : []

const testIf = isThere ? test : test.skip

testIf(
  'a run that kills, pauses and restarts the parts loses, doubles and reorders no message',
  async () => {
    const sizes = ['--messages', '40', '--kills', '4', '--gap-ms', '700', '--minutes', '4']
    const sqsUrl = process.env['PAIKEA_TEST_SQS_URL'] ?? ''
    // With this seed few blows hit every part, with and without clocks.
    const { code, output } = await torture(['--seed', '4515', '--sqs-url', sqsUrl, ...sizes, ...clocks])
    // All of what it says, where it is not content.
    expect(code === 0 ? '' : output).toBe('')
    expect(output).toContain('4 kills, 1 pauses, 1 restarts')
    for (const part of ['api', 'temporal', 'mariadb', 'worker-1']) expect(output).toContain(` kill ${part} `)
    expect(output).toContain(' restart simulator ')
    expect(output).toContain(' pause worker-2 ')
    expect(output).toContain('devices sent 40, stored 40')
    expect(output).toMatch(/^queue: got 40\b/m)
    expect(output).toMatch(/^webhook: got 40\b/m)
  },
  300_000,
)
