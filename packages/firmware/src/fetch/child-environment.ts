/**
 * The only variables we pass on, which a program needs to run at all; `GIT_*` would change how the other side behaves.
 */
const KEPT = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'SystemRoot']

/** The environment for `ssh` and `git`: messages in plain English, and none of git's own variables. */
export function childEnvironment(alsoKept: readonly string[] = []): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
  for (const name of [...KEPT, ...alsoKept]) {
    // oxlint-disable-next-line node/no-process-env -- handed on to a program, not read as a setting
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}
