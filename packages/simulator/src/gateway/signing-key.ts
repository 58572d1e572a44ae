import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { generateTestKeys, type TestKeys } from '@paikea/rockblock-client/testing'
import { z } from 'zod'

import { makeFolder } from '../journal/make-folder.ts'

const keysSchema = z.object({ publicKey: z.string(), privateKey: z.string() })

/**
 * The key pair the simulated vendor signs with: its own, never the vendor's. Generated once and kept in the folder;
 * without a folder, a new one each time.
 *
 * @throws Error if the file exists but cannot be read
 */
export async function loadSigningKeys(folder: string | null): Promise<TestKeys> {
  if (folder === null) return generateTestKeys()
  const file = path.join(folder, 'signing-key.json')
  try {
    return keysSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    if (typeof cause !== 'object' || cause === null || !('code' in cause) || cause.code !== 'ENOENT') throw cause
  }
  const keys = await generateTestKeys()
  makeFolder(folder)
  writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return keys
}
