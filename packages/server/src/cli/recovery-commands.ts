import { type Database, type DeviceRow, findDevice, findRecovery, type RecoveryRow } from '@paikea/database'
import { priceRecovery } from '@paikea/delivery'
import { beginRecovery, endRecovery } from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import type { RecoveryFlags } from './recovery-program.ts'
import { printAll, withOperations, wrong } from './routing-context.ts'

/** `recovery show` */
export async function showRecoveryCommand(env: NodeJS.ProcessEnv, iam: string, flags: RecoveryFlags): Promise<void> {
  await withOperations(env, async ({ db }) => {
    const device = await needDevice(db, iam)
    const row = await findRecovery(db, { deviceId: device.id })
    if (row === null) throw new ServeError(`${iam} has never been in recovery`, { isFinal: false })
    print(flags, row)
  })
}

/** `recovery begin` */
export async function beginRecoveryCommand(env: NodeJS.ProcessEnv, iam: string, flags: RecoveryFlags): Promise<void> {
  const wish = {
    minutes: readNumber('--minutes', flags.minutes),
    hours: readNumber('--hours', flags.hours),
    backMinutes: flags.back === undefined ? undefined : readNumber('--back', flags.back),
    stopBelowVolts: flags.stopBelow === undefined ? undefined : readNumber('--stop-below', flags.stopBelow),
  }
  await withOperations(env, async (context) => {
    const price = await priceRecovery(context.db, { device: await needDevice(context.db, iam), wish })
    if (!price.ok) throw new ServeError(`${price.field}: ${price.message}`, { isFinal: false })
    const { credits, extraCredits, reports, backMinutes } = price
    const cost = `${credits} credits for ${reports} reports and 2 commands, ${extraCredits} more than without; then back to ${backMinutes} min`
    if (flags.confirm === undefined) return note(`${cost}; confirm with --confirm ${credits}`)
    if (credits > readNumber('--confirm', flags.confirm)) throw wrong('--confirm', `it costs more: ${cost}`)
    const { recovery } = await beginRecovery(context, { iam, wish })
    print(flags, recovery)
    note(cost)
  })
}

/** `recovery end` */
export async function endRecoveryCommand(env: NodeJS.ProcessEnv, iam: string, flags: RecoveryFlags): Promise<void> {
  await withOperations(env, async (context) => {
    print(flags, (await endRecovery(context, { iam })).recovery)
  })
}

async function needDevice(db: Database, iam: string): Promise<DeviceRow> {
  const device = await findDevice(db, { scope: { all: true }, iam })
  if (device === null) throw new ServeError(`there is no device ${JSON.stringify(iam)}`, { isFinal: false })
  return device
}

function print(flags: RecoveryFlags, row: RecoveryRow): void {
  printAll(flags, [row], ({ state, reason, minutes, backMinutes, endsAt, credits }) => [
    ...[reason === null ? state : `${state} (${reason})`, `every ${minutes} min until ${endsAt.toISOString()}`],
    ...[`then ${backMinutes} min`, `${credits} credits`],
  ])
}

/** Must be positive; the firmware's own ranges apply too. */
function readNumber(flag: string, text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw wrong(flag, `must be a number above 0, not ${JSON.stringify(text)}`)
}

function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
