import { AIRTIME_KEYS, AIRTIME_PERIODS } from '@paikea/database'
import {
  type AirtimeItem,
  type AirtimeOf,
  changeAirtimeBudget,
  overrideAirtime,
  readAirtime,
  readAirtimeBudgets,
  waiveAirtime,
} from '@paikea/operations'
import { groupIdOf, printAll, readId, withOperations, wrong } from './routing-context.ts'
import type { AirtimeFlags } from './airtime-program.ts'

const ALL = { all: true } as const

/** `airtime spent`: a month's credits, most expensive first. */
export async function spentCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: AirtimeFlags) {
  const by = AIRTIME_KEYS.find((key) => key === (flags.by ?? 'device'))
  if (by === undefined) throw wrong('--by', `must be one of ${AIRTIME_KEYS.join(', ')}`)
  const at = flags.month === undefined ? new Date() : new Date(`${flags.month}-01T00:00:00Z`)
  if (Number.isNaN(at.getTime())) throw wrong('--month', 'must be a month such as 2026-11')
  await withOperations(env, async ({ db }) => {
    const { items, warnings, ...sums } = await readAirtime(db, { scope: ALL, by, at })
    const words = (one: AirtimeCounts): readonly string[] => [
      ...[`sent ${one.credits} credits`, `${one.messages} messages`],
      ...[`received ${one.receivedCredits} credits`, `${one.receivedMessages} messages`],
    ]
    printAll(flags, items, (one) => [one.key, ...words(one)])
    process.stderr.write(`${words(sums).join(' ')}\n`)
    for (const one of warnings) {
      const whose = one.iam ?? `${one.scopeKind} ${one.groupId ?? ''}`
      const what = `${one.level} at ${one.limitCredits}, spent ${one.spentCredits}`
      process.stderr.write(`${one.at.toISOString()} ${whose} ${one.period}: ${what}\n`)
    }
  })
}

/** `airtime budgets` */
export async function budgetsCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: AirtimeFlags) {
  await withOperations(env, async ({ db }) => {
    printAll(flags, await readAirtimeBudgets(db, { scope: ALL, now: new Date() }), (one) => [
      ...[one.iam ?? (one.groupId === null ? 'all' : `group ${one.groupId}`), one.period, `spent ${one.spentCredits}`],
      ...[`warn ${one.warnCredits ?? '-'}`, `stop ${one.stopCredits ?? '-'}`, one.level],
      one.overrideUntil === null ? '-' : `overridden until ${one.overrideUntil.toISOString()}`,
    ])
  })
}

/** `airtime budget` */
export async function budgetCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: AirtimeFlags) {
  await withOperations(env, async (context) => {
    const levels = { warnCredits: readCredits('--warn', flags.warn), stopCredits: readCredits('--stop', flags.stop) }
    await changeAirtimeBudget(context, { ...(await readOf(context.db, flags)), period: readPeriod(flags), ...levels })
  })
}

/** `airtime override` */
export async function overrideCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: AirtimeFlags) {
  await withOperations(env, async (context) => {
    const period = flags.period === undefined ? null : readPeriod(flags)
    const wish = { period, hours: Number(flags.hours), reason: flags.reason ?? '' }
    const { until } = await overrideAirtime(context, { ...(await readOf(context.db, flags)), ...wish })
    process.stderr.write(
      until === null ? 'the stop applies again\n' : `the stop is lifted until ${until.toISOString()}\n`,
    )
  })
}

/** `airtime waive` */
export async function waiveCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: AirtimeFlags) {
  await withOperations(env, async (context) => {
    await waiveAirtime(context, { id: readId(id), reason: flags.reason ?? '' })
  })
}

type AirtimeCounts = Omit<AirtimeItem, 'key'>

async function readOf(db: Parameters<typeof groupIdOf>[0], { device, group }: AirtimeFlags): Promise<AirtimeOf> {
  return { iam: device, groupId: await groupIdOf(db, group) }
}

function readPeriod({ period = 'month' }: AirtimeFlags) {
  const found = AIRTIME_PERIODS.find((one) => one === period)
  if (found === undefined) throw wrong('--period', `must be one of ${AIRTIME_PERIODS.join(', ')}`)
  return found
}

function readCredits(flag: string, text: string | undefined): number | null {
  if (text === undefined || text === 'none') return null
  const credits = Number(text)
  if (Number.isInteger(credits) && credits >= 0) return credits
  throw wrong(flag, `must be a whole number of credits or none, not ${JSON.stringify(text)}`)
}
