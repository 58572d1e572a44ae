import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'

const exec = promisify(execFile)

export const packageDirectory: string = join(import.meta.dirname, '..')

/** A program of the repository's own development dependencies. */
export function toolPath(name: 'deno' | 'tsc'): string {
  return join(packageDirectory, '../../node_modules/.bin', name)
}

/**
 * Runs a program to its end and returns what it printed, without colours.
 *
 * @throws {Error} with all it printed, where it ends with another code than 0
 */
export async function run(program: string, args: readonly string[], directory: string): Promise<string> {
  try {
    const { stdout, stderr } = await exec(program, args, { cwd: directory, maxBuffer: 16 * 1024 * 1024 })
    return stripVTControlCharacters(`${stdout}${stderr}`)
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // what execFile adds to its errors
    throw new Error(stripVTControlCharacters(`${program} ${args.join(' ')}\n${stdout}${stderr}`), { cause: error })
  }
}
