#!/usr/bin/env node
import { failWith } from './cli/fail.ts'
import { createProgram } from './cli/program.ts'
import { processEnvironment } from './config/process-environment.ts'

// A promise nobody waited for is a bug: end, and be started anew, rather than go on in an unknown state.
process.on('unhandledRejection', failWith)
process.on('uncaughtException', failWith)
// Where the log lies on a full disk, or its reader is gone, a line is lost and nothing else.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

createProgram(processEnvironment()).parseAsync(process.argv).catch(failWith)
