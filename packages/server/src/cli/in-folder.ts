import { resolve } from 'node:path'

/** The environment, for the data folder of a `--data`. */
export function inFolder(env: NodeJS.ProcessEnv, data: string | undefined): NodeJS.ProcessEnv {
  return data === undefined ? env : { ...env, PAIKEA_DATA: asTyped(env, data) }
}

/** A path as it was typed: npm changes into the repository, and a relative one means where the command was typed. */
export function asTyped(env: NodeJS.ProcessEnv, path: string): string {
  return resolve(env['INIT_CWD'] ?? process.cwd(), path)
}
