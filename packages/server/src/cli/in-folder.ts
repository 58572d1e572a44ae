import { resolve } from 'node:path'

/** The environment, for the data folder of a `--data`: npm changes into the repository, and a relative folder means where the command was typed. */
export function inFolder(env: NodeJS.ProcessEnv, data: string | undefined): NodeJS.ProcessEnv {
  return data === undefined ? env : { ...env, PAIKEA_DATA: resolve(env['INIT_CWD'] ?? process.cwd(), data) }
}
