/** Puts the Python packages of the tests into the cache, without a hurry; who needs them says what went wrong. */
import { setPriority } from 'node:os'
import { SCHEMATHESIS } from '../api-fuzz/fuzz-api.ts'
import { SCIENCE } from '../export-checks/check-exports.ts'
import { findPythonPackages } from './python-packages.ts'

const UNHURRIED = 10

setPriority(UNHURRIED)
for (const spec of [SCIENCE, SCHEMATHESIS]) await findPythonPackages(spec)
