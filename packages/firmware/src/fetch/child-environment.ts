/** The variables a program needs of ours to run at all; `GIT_*` would change what the other side speaks. */
const KEPT = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'SystemRoot']

/** Builds the environment of `ssh` and `git`: plain words in English, and no variable of git's own. */
export function childEnvironment(alsoKept: readonly string[] = []): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
  for (const name of [...KEPT, ...alsoKept]) {
    // oxlint-disable-next-line node/no-process-env -- handed on to a program, not read as a setting
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}
