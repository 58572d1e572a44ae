import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createGate } from '../gate.ts'

/**
 * Stored form: `scrypt$N$r$p$salt$hash`, salt and hash in base64url. The cost is part of the hash, so it can be raised
 * without invalidating stored ones.
 */
interface ScryptParameters {
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** 32 MiB and about 60 ms on a small machine. */
const CURRENT: ScryptParameters = { cost: 32_768, blockSize: 8, parallelization: 1 }
const KEY_BYTES = 32
/** No stored hash may require more memory than this. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024

/** Shortest and longest password that may be set. */
export const PASSWORD_LENGTH = { min: 8, max: 200 } as const

/**
 * One hash at a time: it runs on the same few threads as SQLite, and a flood of log-ins must not hold up a webhook.
 * Beyond 32 waiting callers it refuses (`GateFullError`).
 */
const gate = createGate({ concurrency: 1, maxWaiting: 32 })

/**
 * Hashes a new password.
 *
 * @throws GateFullError if too many callers wait
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await gate.run(() => derive(password, salt, CURRENT))
  const { cost, blockSize, parallelization } = CURRENT
  return ['scrypt', cost, blockSize, parallelization, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/**
 * Whether a password matches a stored hash. With `null` (no such user) it takes as long and returns false, so that the
 * response time does not reveal who has an account.
 *
 * @throws GateFullError if too many callers wait
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const parsed = stored === null ? null : parseHash(stored)
  const { parameters, salt, hash } = parsed ?? { parameters: CURRENT, salt: randomBytes(16), hash: null }
  const actual = await gate.run(() => derive(password, salt, parameters))
  return hash !== null && actual.length === hash.length && timingSafeEqual(actual, hash)
}

function parseHash(stored: string): { parameters: ScryptParameters; salt: Buffer; hash: Buffer } | null {
  const [scheme, cost, blockSize, parallelization, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return null
  const parameters = { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization) }
  if (Object.values(parameters).some((value) => !Number.isInteger(value) || value < 1)) return null
  return { parameters, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') }
}

function derive(password: string, salt: Buffer, parameters: ScryptParameters): Promise<Buffer> {
  const options = {
    N: parameters.cost,
    r: parameters.blockSize,
    p: parameters.parallelization,
    maxmem: MAX_MEMORY_BYTES,
  }
  return new Promise((resolve, reject) => {
    // The same characters can be typed as different code points; NFKC unifies them.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
