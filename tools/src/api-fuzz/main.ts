/**
 * `npm run fuzz-api`: Schemathesis reads the OpenAPI document of a live API and sends what it allows and what it does not.
 * Fails for a 5xx, and for an answer that the document does not describe.
 */
import { findPythonPackages } from '../binaries/python-packages.ts'
import { runCommand } from '../binaries/run-command.ts'
import { startFuzzedApi } from './fuzzed-api.ts'

const SCHEMATHESIS = { cacheKey: 'schemathesis-4.32.5', requirements: ['schemathesis==4.32.5'] }
const LIMIT_MS = 600_000
const DEFAULT_EXAMPLES = '20'
/** What the document promises. Whether wrong data is refused is not one: the fuzzer's idea of wrong is stricter than HTTP's. */
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
/** They end the fuzzer's own log-in (its first run revoked its token), hang on purpose, or answer what no schema describes. */
const LEFT_OUT = '^/v1/(events|devices/[^/]+/live|session$|tokens/)'

const examples = process.argv[2] ?? DEFAULT_EXAMPLES
const science = await findPythonPackages(SCHEMATHESIS, (line) => process.stderr.write(`${line}\n`))
if ('problem' in science) throw new Error(science.problem)
const api = await startFuzzedApi()
try {
  const words = ['run', `${api.url}/v1/openapi.json`, '--header', `Authorization: Bearer ${api.token}`]
  const bounds = ['--checks', CHECKS, '--exclude-path-regex', LEFT_OUT, '--max-examples', examples, '--seed', '1']
  const start = 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())'
  const { code, stdout, stderr } = await runCommand(
    science.python,
    ['-c', start, ...words, ...bounds, '--phases', 'examples,coverage,fuzzing'],
    { timeoutMs: LIMIT_MS, env: { ...process.env, PYTHONPATH: science.folder } },
  )
  process.stdout.write(`${stdout}\n${stderr}\n`)
  process.exitCode = code === 0 ? 0 : 1
} finally {
  await api.close()
}
