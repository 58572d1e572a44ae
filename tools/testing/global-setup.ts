import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { BinaryNotFoundError, findBinary } from '../src/binaries/find-binary.ts'
import { type BinarySpec, temporalCli, temporalTestServer } from '../src/binaries/binary-spec.ts'
import { freePort } from '@paikea/firmware/testing'
import { startPrivateMariaDb } from '../src/services/private-mariadb.ts'
import { startSqsServer } from '../src/services/sqs-server.ts'
import { startTemporalServer } from '../src/services/temporal-server.ts'
import { rememberForTeardown } from './services-to-stop.ts'

/**
 * Starts the services that `int` tests need and announces them in environment variables; if something is missing, its
 * variable stays unset, and the tests that need it skip themselves by name.
 */
export default async function globalSetup(): Promise<void> {
  const mariadb = await startPrivateMariaDb()
  if (mariadb === null) say('no MariaDB server on this machine: tests against it are skipped')
  else {
    process.env['PAIKEA_TEST_MARIADB_SOCKET'] = mariadb.socket
    rememberForTeardown(() => mariadb.stop())
  }
  const cli = await findOrSay(temporalCli)
  if (cli !== null) {
    process.env['PAIKEA_TEST_TEMPORAL_CLI'] = cli
    const folder = await mkdtemp(join(tmpdir(), 'paikea-temporal-'))
    const port = await freePort()
    const server = await startTemporalServer({
      cli,
      port,
      uiPort: null,
      databaseFile: join(folder, 'temporal.db'),
      pidFile: join(folder, 'pid'),
    })
    process.env['PAIKEA_TEST_TEMPORAL_ADDRESS'] = `127.0.0.1:${port}`
    rememberForTeardown(async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    })
  }
  const sqs = await startSqsServer(say)
  if (sqs !== null) {
    process.env['PAIKEA_TEST_SQS_URL'] = sqs.url
    rememberForTeardown(() => sqs.stop())
  }
  const testServer = await findOrSay(temporalTestServer)
  if (testServer !== null) process.env['PAIKEA_TEST_TEMPORAL_TEST_SERVER'] = testServer
  const chromium = await findChromium()
  if (chromium === null) say('no Chromium on this machine: tests in a browser are skipped')
  else process.env['PAIKEA_TEST_CHROMIUM'] = chromium
}

async function findOrSay(spec: BinarySpec): Promise<string | null> {
  try {
    return await findBinary(spec, { onProgress: say })
  } catch (error) {
    if (!(error instanceof BinaryNotFoundError)) throw error
    say(error.message)
    return null
  }
}

async function findChromium(): Promise<string | null> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = [
    process.env['CHROMIUM'] ?? '',
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ]
  for (const path of candidates)
    if (
      path !== '' &&
      (await access(path).then(
        () => true,
        () => false,
      ))
    )
      return path
  return null
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
