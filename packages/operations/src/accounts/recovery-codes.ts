import { randomBytes } from 'node:crypto'
import { loadSecondFactor, replaceRecoveryCodes } from '@paikea/database'
import { operation, type OperationContext } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { requirePassword } from './second-factor.ts'
import { hashRecoveryCode } from './secrets.ts'

/** Enough for years; new ones are a click away. */
const CODES = 8
/** 120 bits: a plain hash of it is enough. */
const CODE_BYTES = 15
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * Creates recovery codes, each usable once in place of the second factor; earlier ones become invalid.
 *
 * @returns the codes, available only once
 * @throws Refusal `invalid` password; `conflict` if there is no second factor
 */
export async function makeRecoveryCodes(
  context: OperationContext,
  { password }: { readonly password: string },
): Promise<readonly string[]> {
  return make(context, { userId: await requirePassword(context, password) })
}

const make = operation<{ readonly userId: number }, readonly string[]>(
  'user.recovery-codes-made',
  async ({ db, tx }, { userId }) => {
    const factor = await loadSecondFactor(db, { userId }, tx)
    if (factor === null || factor.since === null) {
      throw refuseConflict('no-second-factor', 'Recovery codes replace a second factor. Set one up first.')
    }
    const codes = Array.from({ length: CODES }, newCode)
    await replaceRecoveryCodes(db, { userId, codeHashes: codes.map(hashRecoveryCode) }, tx)
    const after = { codes: codes.length }
    return { result: codes, subject: `user/${String(userId)}`, groupId: null, before: null, after }
  },
)

/** Base32 in groups of four: `ABCD-EFGH-…`, six of them. */
function newCode(): string {
  let bits = 0n
  for (const byte of randomBytes(CODE_BYTES)) bits = (bits << 8n) | BigInt(byte)
  let code = ''
  for (let at = 0; at < (CODE_BYTES * 8) / 5; at += 1) code += LETTERS[Number((bits >> BigInt(at * 5)) & 31n)] ?? ''
  return code.replaceAll(/.{4}(?=.)/g, '$&-')
}
