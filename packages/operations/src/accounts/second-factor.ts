import {
  findUserById,
  loadSecondFactor,
  saveSecondFactor,
  useRecoveryCode,
  useSecondFactorStep,
} from '@paikea/database'
import { Secret, TOTP } from 'otpauth'
import { operation, type OperationContext, type Work } from '../operation.ts'
import { Refusal, refuseConflict, refuseField } from '../refusal.ts'
import { verifyPassword } from './password.ts'
import { hashRecoveryCode } from './secrets.ts'

/** RFC 6238, in the variant that every authenticator supports. */
const TOTP_SHAPE = { issuer: 'Paikea', algorithm: 'SHA1', digits: 6, period: 30 } as const
const SECRET_BYTES = 20
/** The codes of the adjacent steps are accepted too: clocks differ. */
const WINDOW_STEPS = 1

/** A second factor that was just created; its secret is available only once. */
export interface MadeSecondFactor {
  /** Base32, to type in. */
  readonly secret: string
  /** `otpauth://…`, to show as a QR code. */
  readonly uri: string
}

/** Requires the password before changes to the account's protection. @throws Refusal `invalid` */
export async function requirePassword({ db, caller }: OperationContext, password: string): Promise<number> {
  const userId = caller.ownerUserId
  const user = userId === null ? null : await findUserById(db, { id: userId })
  if (user === null) throw refuseConflict('no-account', 'A token has no password and no second factor.')
  if (!(await verifyPassword(password, user.passwordHash))) throw refuseField('password', 'wrong-password', 'is wrong')
  return user.id
}

/**
 * Creates a second factor. It takes effect once its owner has entered a code.
 *
 * @throws Refusal `invalid` password; `conflict` if there already is one
 */
export async function beginSecondFactor(
  context: OperationContext,
  { password }: { readonly password: string },
): Promise<MadeSecondFactor> {
  return begin(context, { userId: await requirePassword(context, password) })
}

const begin = operation<{ readonly userId: number }, MadeSecondFactor>(
  'user.second-factor-begun',
  async ({ db, tx }, { userId }) => {
    const there = await loadSecondFactor(db, { userId }, tx)
    if (there !== null && there.since !== null) {
      throw refuseConflict('has-second-factor', 'A second factor is set. End it first.')
    }
    const user = await findUserById(db, { id: userId }, tx)
    const secret = new Secret({ size: SECRET_BYTES })
    await saveSecondFactor(db, { userId, factor: { secret: secret.base32, since: null } }, tx)
    const uri = new TOTP({ ...TOTP_SHAPE, label: user?.email ?? 'account', secret }).toString()
    const result = { secret: secret.base32, uri }
    return { result, subject: `user/${String(userId)}`, groupId: null, before: null, after: null }
  },
)

/**
 * Confirms the second factor with a code: logging in requires one from now on. @throws Refusal `invalid`; `conflict` if
 * none was begun
 */
export const confirmSecondFactor = operation<{ readonly code: string }, void>(
  'user.second-factor-set',
  async (work, { code }) => {
    const { db, tx, now, caller } = work
    const userId = caller.ownerUserId
    const factor = userId === null ? null : await loadSecondFactor(db, { userId }, tx)
    if (userId === null || factor === null || factor.since !== null) {
      throw refuseConflict('no-second-factor', 'Start setting up a second factor first.')
    }
    const step = stepOf(factor.secret, code, now)
    if (step === null) throw refuseField('code', 'wrong-code', 'is not the current code')
    await saveSecondFactor(db, { userId, factor: { ...factor, since: now } }, tx)
    await useSecondFactorStep(db, { userId, step }, tx)
    return { result: undefined, subject: `user/${String(userId)}`, groupId: null, before: null, after: { since: now } }
  },
)

/** Removes the caller's second factor. @throws Refusal `invalid` password */
export async function endSecondFactor(
  context: OperationContext,
  { password }: { readonly password: string },
): Promise<void> {
  return end(context, { userId: await requirePassword(context, password) })
}

const end = operation<{ readonly userId: number }, void>('user.second-factor-ended', async ({ db, tx }, { userId }) => {
  await saveSecondFactor(db, { userId, factor: null }, tx)
  return { result: undefined, subject: `user/${String(userId)}`, groupId: null, before: null, after: null }
})

/** What a log-in was verified by, in addition to the password. */
export type SecondFactorUsed = 'none' | 'totp' | 'recovery-code'

/**
 * Admits an account without a second factor, and one with it given an unused code of the authenticator or a recovery
 * code.
 *
 * @throws Refusal `unauthenticated`
 */
export async function requireSecondFactor(
  { db, tx, now }: Work,
  userId: number,
  code: string | null,
): Promise<SecondFactorUsed> {
  const factor = await loadSecondFactor(db, { userId }, tx)
  if (factor === null || factor.since === null) return 'none'
  if (code === null) {
    throw new Refusal('unauthenticated', 'second-factor-required', 'Send the code of your authenticator too.')
  }
  const isTotp = /^\d{6}$/.test(code)
  const step = isTotp ? stepOf(factor.secret, code, now) : null
  if (step !== null && (await useSecondFactorStep(db, { userId, step }, tx))) return 'totp'
  if (!isTotp && (await useRecoveryCode(db, { userId, codeHash: hashRecoveryCode(code) }, tx))) return 'recovery-code'
  throw new Refusal('unauthenticated', 'wrong-credentials', 'The code is wrong or was already used.')
}

/** The time step that a code belongs to; `null` for a wrong code. */
function stepOf(secret: string, code: string, now: Date): number | null {
  const totp = new TOTP({ ...TOTP_SHAPE, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: WINDOW_STEPS })
  return delta === null ? null : Math.floor(now.getTime() / 1000 / TOTP_SHAPE.period) + delta
}
