import { spawn } from 'node:child_process'

/** The result of a finished command. */
export interface CommandResult {
  /** `null`: it could not be started, or a signal or the time limit ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to completion without a shell; never throws. */
export async function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    const finish = (code: number | null): void => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    }
    child.on('error', (error) => {
      stderr += error.message
      finish(null)
    })
    child.on('close', finish)
  })
}
