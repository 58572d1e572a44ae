import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'

/** Variables that a starter gives the service on top of its own environment; an empty text removes one. */
export type KeptSettings = Readonly<Record<string, string>>

const keptSettingsSchema = z.record(z.string(), z.string())

/** File in which a starter keeps what it gave the service. */
export function keptSettingsFile(dataFolder: string): string {
  return join(dataFolder, 'run', 'settings.json')
}

/**
 * Stores what a starter gives the service, readable by its owner only: the operator's commands run without the starter,
 * and could not know ports and credentials otherwise.
 */
export async function keepSettings(dataFolder: string, settings: KeptSettings): Promise<void> {
  const file = keptSettingsFile(dataFolder)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.new`
  await writeFile(aside, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, file)
}

/**
 * Reads it back; `null` if no starter has ever used this folder.
 * @throws {ConfigError} if the file is invalid
 */
export function readKeptSettings(dataFolder: string): KeptSettings | null {
  const file = keptSettingsFile(dataFolder)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw unusable(file, 'cannot be read')
  }
  try {
    return keptSettingsSchema.parse(JSON.parse(text))
  } catch {
    throw unusable(file, 'is damaged: the next `npm start` rewrites it')
  }
}

function unusable(file: string, problem: string): ConfigError {
  return new ConfigError([{ variable: file, problem }])
}

function isMissing(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  )
}
