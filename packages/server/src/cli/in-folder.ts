import { resolve } from 'node:path'

/** The environment with the data folder given by `--data`. */
export function inFolder(env: NodeJS.ProcessEnv, data: string | undefined): NodeJS.ProcessEnv {
  return data === undefined ? env : { ...env, PAIKEA_DATA: asTyped(env, data) }
}

/**
 * Resolves a typed path: npm changes into the repository, but a relative path refers to the folder in which the command
 * was typed.
 */
export function asTyped(env: NodeJS.ProcessEnv, path: string): string {
  return resolve(env['INIT_CWD'] ?? process.cwd(), path)
}
