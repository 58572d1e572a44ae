import { findPythonPackages, type PythonSpec } from '../binaries/python-packages.ts'
import { runCommand } from '../binaries/run-command.ts'
import { startFuzzedApi } from './fuzzed-api.ts'

/** The fuzzer. */
export const SCHEMATHESIS: PythonSpec = { cacheKey: 'schemathesis-4.32.5', requirements: ['schemathesis==4.32.5'] }

const LIMIT_MS = 600_000
/** What the document promises. Whether wrong data is refused is not one: the fuzzer's idea of wrong is stricter than HTTP's. */
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
/** They end the fuzzer's own log-in (its first run revoked its token), hang on purpose, or answer what no schema describes. */
const LEFT_OUT = '^/v1/(events|devices/[^/]+/live|session$|tokens/)'

/** How thoroughly it asks. */
export interface FuzzOptions {
  /** Requests of each operation that are made up. */
  readonly examples: number
  /** Also every bound of every field, a few thousand requests. */
  readonly withBounds: boolean
}

/** How a run ended. */
export interface FuzzResult {
  readonly isGood: boolean
  /** What the fuzzer printed, with the requests that show a fault. */
  readonly output: string
  /** Lines that the API logged as warnings and errors. */
  readonly log: readonly string[]
}

/**
 * Starts an API and lets Schemathesis send what its OpenAPI document allows and what it does not, the same requests each time.
 * Bad is a 5xx, and an answer that the document does not describe.
 *
 * @throws Error if the fuzzer cannot be had
 */
export async function fuzzApi(options: FuzzOptions): Promise<FuzzResult> {
  const packages = await findPythonPackages(SCHEMATHESIS, (line) => process.stderr.write(`${line}\n`))
  if ('problem' in packages) throw new Error(packages.problem)
  const api = await startFuzzedApi()
  try {
    const words = ['run', `${api.url}/v1/openapi.json`, '--header', `Authorization: Bearer ${api.token}`]
    const what = ['--checks', CHECKS, '--exclude-path-regex', LEFT_OUT, '--warnings', 'off', '--no-color']
    const bounds = ['--max-examples', String(options.examples), '--phases', phasesOf(options)]
    const repeatable = ['--seed', '1', '--generation-deterministic', '--no-shrink']
    const start = 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())'
    const { code, stdout, stderr } = await runCommand(
      packages.python,
      ['-c', start, ...words, ...what, ...bounds, ...repeatable],
      { timeoutMs: LIMIT_MS, env: { ...process.env, PYTHONPATH: packages.folder } },
    )
    return { isGood: code === 0, output: `${stdout}\n${stderr}\n`, log: api.log }
  } finally {
    await api.close()
  }
}

function phasesOf({ withBounds }: FuzzOptions): string {
  return withBounds ? 'examples,coverage,fuzzing' : 'fuzzing'
}
