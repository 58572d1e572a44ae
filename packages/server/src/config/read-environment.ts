import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import type { ConfigFault } from './config-error.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

/** A process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment with the files it names read in, and empty values removed. */
export interface ReadEnvironment {
  readonly values: Readonly<Record<string, string>>
  readonly faults: readonly ConfigFault[]
}

/** Third-party variables that we pass on and that may come from a file too. */
const foreignSecrets = ['TEMPORAL_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

/**
 * Reads the file named by `PAIKEA_DOTENV` (existing variables take precedence), then replaces each secret's `NAME_FILE`
 * by that file's content, without the trailing newline.
 */
export function readEnvironment(env: Environment): ReadEnvironment {
  const faults: ConfigFault[] = []
  let fromFile: Environment = {}
  const dotenv = env['PAIKEA_DOTENV']
  if (dotenv !== undefined && dotenv !== '') {
    const text = readText(dotenv)
    if (text === null) faults.push({ variable: 'PAIKEA_DOTENV', problem: 'names a file that cannot be read' })
    else fromFile = parse(text)
  }
  // Existing variables take precedence even if empty: whoever starts us can thereby unset a variable of the file.
  const values = withoutEmpty({ ...fromFile, ...withoutUnset(env) })
  const secrets = [
    ...Object.entries<Setting>(SETTINGS).flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])),
    ...foreignSecrets,
  ]
  for (const name of secrets) {
    const file = values[`${name}_FILE`]
    if (file === undefined) continue
    const text = readText(file)
    if (values[name] !== undefined)
      faults.push({ variable: name, problem: `is set, and ${name}_FILE as well: keep one` })
    else if (text === null) faults.push({ variable: `${name}_FILE`, problem: 'names a file that cannot be read' })
    else values[name] = text.replace(/\r?\n$/, '')
  }
  return { values, faults }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function withoutUnset(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
}

function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== ''),
  )
}
