import type { Role } from '@paikea/domain'
import { randomBytes } from 'node:crypto'
import { createToken, createUser, DEFAULT_GROUP_NAME, resetPassword, systemCaller } from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'
import { readStdin } from './read-stdin.ts'
import type { PasswordFlags, TokenFlags, UserFlags } from './program.ts'

const DAY_MS = 86_400_000

/** `create-user` */
export async function createUserCommand(env: NodeJS.ProcessEnv, flags: UserFlags & { email: string }): Promise<void> {
  const password = await choosePassword(flags)
  await withExistingStore(env, async (db) => {
    await db.migrate()
    const memberships =
      flags.systemAdmin === true ? [] : [{ group: flags.group ?? DEFAULT_GROUP_NAME, role: flags.role }]
    const { email } = await createUser(
      { db, caller: systemCaller('cli') },
      {
        email: flags.email,
        password: password.text,
        ...(flags.name === undefined ? {} : { displayName: flags.name }),
        isSystemAdmin: flags.systemAdmin === true,
        memberships,
      },
    )
    note(`account ${email} made`)
  })
  printIfMade(password)
}

/** `reset-password` */
export async function resetPasswordCommand(
  env: NodeJS.ProcessEnv,
  flags: PasswordFlags & { email: string; endSecondFactor?: boolean },
): Promise<void> {
  const password = await choosePassword(flags)
  await withExistingStore(env, (db) => {
    const context = { db, caller: systemCaller('cli') }
    return resetPassword(context, {
      email: flags.email,
      password: password.text,
      endsSecondFactor: flags.endSecondFactor === true,
    })
  })
  note(`password of ${flags.email} set`)
  printIfMade(password)
}

/** `create-token`: prints only the token to standard output, for use in scripts. */
export async function createTokenCommand(env: NodeJS.ProcessEnv, flags: TokenFlags & { name: string }): Promise<void> {
  const expiresAt = flags.days === undefined ? null : new Date(Date.now() + parseDays(flags.days) * DAY_MS)
  const reach = reachOf(flags)
  const token = await withExistingStore(env, async (db) => {
    await db.migrate()
    const { role, group } = reach
    const where = group === null ? { isSystemAdmin: true } : { groupName: group }
    return createToken({ db, caller: systemCaller('cli') }, { name: flags.name, role, expiresAt, ...where })
  })
  note(`token "${flags.name}", ${reach.role} ${reach.group === null ? 'over all groups' : `in ${reach.group}`}:`)
  print(token.token)
}

/** The requested role sets the token's reach: only an administrator's may cover all groups. */
function reachOf({ group, role }: TokenFlags): { readonly group: string | null; readonly role: Role } {
  if (group !== undefined) return { group, role: role ?? 'operator' }
  if (role === undefined || role === 'admin') return { group: null, role: 'admin' }
  return { group: DEFAULT_GROUP_NAME, role }
}

function parseDays(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days > 0 && days <= 36_500) return days
  throw new ServeError(`--days must be a whole number from 1 to 36500, not ${JSON.stringify(text)}`, { isFinal: false })
}

async function choosePassword(flags: PasswordFlags): Promise<{ readonly text: string; readonly isMade: boolean }> {
  if (flags.passwordStdin !== true) return { text: randomBytes(15).toString('base64url'), isMade: true }
  return { text: await readStdin(), isMade: false }
}

function printIfMade(password: { readonly text: string; readonly isMade: boolean }): void {
  if (password.isMade) print(password.text)
}

function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
