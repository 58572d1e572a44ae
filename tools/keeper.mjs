/**
 * `node keeper.mjs <pid file> <command> [arguments…]`: runs a foreign program that must not outlive whoever started us.
 *
 * The starter holds the other end of our standard input. It closes when the starter ends, however that happens (kill -9
 * included); then the program is stopped. Started in a process group of its own, so that Ctrl-C in the starter's terminal
 * does not reach the program before its users have shut down. The pid file lets the next start find a program whose
 * keeper was killed as well.
 */
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'

const killAfterMs = 5_000
const [, , pidFile, command, ...commandArguments] = process.argv
if (command === undefined) throw new Error('usage: keeper.mjs <pid file> <command> [arguments…]')

const child = spawn(command, commandArguments, { stdio: ['ignore', 'inherit', 'inherit'] })
let isStopping = false

function stop() {
  if (isStopping) return
  isStopping = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
}

child.on('spawn', () => writeFileSync(pidFile, `${child.pid}\n`))
child.on('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`)
  process.exit(127)
})
child.on('exit', (code, signal) => {
  rmSync(pidFile, { force: true })
  // As a shell tells it: 137 for SIGKILL.
  process.exit(isStopping ? 0 : (code ?? 128 + constants.signals[signal]))
})
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume()
process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop)
// The starter's end of these may be gone while the program still stops.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
