#!/usr/bin/env node
import { failWith } from './cli/fail.ts'
import { createProgram } from './cli/program.ts'
import { processEnvironment } from './config/process-environment.ts'

// An unhandled rejection is a bug: exit and be restarted rather than continue in an unknown state.
process.on('unhandledRejection', failWith)
process.on('uncaughtException', failWith)
// If the log's disk is full or its reader is gone, lines are lost and nothing else.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

createProgram(processEnvironment()).parseAsync(process.argv).catch(failWith)
