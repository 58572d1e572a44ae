import { spawn } from 'node:child_process'
import { findPythonPackages, moto } from '../binaries/python-packages.ts'
import { freePort } from '@paikea/firmware/testing'

/** A local server that speaks SQS. */
export interface SqsServer {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts Moto on a free port without waiting for it: it takes seconds, and most tests do not need it.
 *
 * @returns `null`, after reporting why, if there is no Python to run it
 */
export async function startSqsServer(say: (line: string) => void): Promise<SqsServer | null> {
  const found = await findPythonPackages(moto, say)
  if ('problem' in found) {
    say(`no SQS server: ${found.problem}`)
    return null
  }
  const port = await freePort()
  const child = spawn(found.python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, PYTHONPATH: found.folder },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.on('error', () => undefined)
  // The server must not keep a test run alive.
  child.unref()
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
