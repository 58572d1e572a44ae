import { findPythonPackages, type PythonSpec } from '../binaries/python-packages.ts'
import { runCommand } from '../binaries/run-command.ts'
import { startFuzzedApi } from './fuzzed-api.ts'

/** The fuzzer. */
export const SCHEMATHESIS: PythonSpec = { cacheKey: 'schemathesis-4.32.5', requirements: ['schemathesis==4.32.5'] }

const LIMIT_MS = 600_000
/**
 * The checks against the OpenAPI document. Refusing invalid data is not among them: the fuzzer's notion of invalid is
 * stricter than HTTP's.
 */
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
/**
 * These would end the fuzzer's own session (its first run revoked its token), hang by design, or return what no schema
 * describes.
 */
const LEFT_OUT = '^/v1/(events|devices/[^/]+/live|session$|tokens/)'

/** How thoroughly to fuzz. */
export interface FuzzOptions {
  /** Generated requests per operation. */
  readonly examples: number
  /** Also test every bound of every field, a few thousand requests. */
  readonly withBounds: boolean
}

/** The outcome of a run. */
export interface FuzzResult {
  readonly isGood: boolean
  /** The fuzzer's output, including the requests that reveal a fault. */
  readonly output: string
  /** Warnings and errors in the API's log. */
  readonly log: readonly string[]
}

/**
 * Starts an API and lets Schemathesis send what its OpenAPI document allows and what it does not, with a fixed seed.
 * Faults are a 5xx, and a response that the document does not describe.
 *
 * @throws Error if the fuzzer cannot be installed
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
