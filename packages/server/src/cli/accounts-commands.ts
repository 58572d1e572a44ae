import { accountHalts, countHeld } from '@paikea/database'
import { allTargets } from '@paikea/delivery'
import { resumeVendorAccount } from '@paikea/operations'
import { printAll, withOperations } from './routing-context.ts'
import type { RoutingFlags } from './routing-program.ts'

/** `accounts list` */
export async function listAccountsCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: RoutingFlags): Promise<void> {
  await withOperations(env, async ({ db }) => {
    const held = await countHeld(db)
    const accounts = allTargets()
      .filter(({ account }) => account !== undefined)
      .map(async ({ kind, account, words }) => {
        const row = await accountHalts.find(db, kind)
        const reasonCode = row?.state === 'parked' ? (row.reasonCode ?? 'unknown') : null
        const { what = null, whatToDo = null } = reasonCode === null ? {} : words.park(reasonCode)
        const state = row?.state ?? 'active'
        return { kind, name: account?.name ?? kind, state, waiting: held.get(kind) ?? 0, reasonCode, what, whatToDo }
      })
    printAll(flags, await Promise.all(accounts), ({ kind, name, state, waiting, what, whatToDo }) => [
      ...[kind, name, state, `${waiting} waiting`, what === null ? null : `${what} ${whatToDo ?? ''}`],
    ])
  })
}

/** `accounts resume` */
export async function resumeAccountCommand(
  env: NodeJS.ProcessEnv,
  [kind = '']: readonly string[],
  _flags: RoutingFlags,
): Promise<void> {
  await withOperations(env, async (context) => {
    const waiting = (await countHeld(context.db)).get(kind) ?? 0
    await resumeVendorAccount(context, { kind })
    process.stderr.write(`${kind}: active again, ${waiting} deliveries continue\n`)
  })
}
