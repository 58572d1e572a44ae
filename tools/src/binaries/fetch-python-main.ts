/** Downloads the tests' Python packages into the cache at low priority; whoever needs them reports failures. */
import { setPriority } from 'node:os'
import { SCHEMATHESIS } from '../api-fuzz/fuzz-api.ts'
import { SCIENCE } from '../export-checks/check-exports.ts'
import { findPythonPackages } from './python-packages.ts'

const UNHURRIED = 10

setPriority(UNHURRIED)
for (const spec of [SCIENCE, SCHEMATHESIS]) await findPythonPackages(spec)
