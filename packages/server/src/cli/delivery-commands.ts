import { findDelivery, listDeliveries } from '@paikea/database'
import type { DeliveryState } from '@paikea/domain'
import {
  arriveDelivery,
  cancelDelivery,
  type FoundDelivery,
  type OperationContext,
  Refusal,
  resendDelivery,
  resumeDeliveries,
  resumeDelivery,
  systemCaller,
} from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'

type Action = (context: OperationContext, input: { readonly id: number }) => Promise<FoundDelivery>

/** Flags of `deliveries list`. */
export interface ListFlags {
  readonly state?: DeliveryState
  readonly limit: string
}

/** `deliveries list` */
export async function listCommand(env: NodeJS.ProcessEnv, { state, limit }: ListFlags): Promise<void> {
  await withExistingStore(env, async (db) => {
    const rows = await listDeliveries(db, { scope: { all: true }, state, limit: toNumber(limit), afterId: null })
    for (const row of rows) {
      const target = row.imei ?? row.serial ?? row.targetKey
      print(
        `${String(row.id)}  ${row.state}  ${row.targetKind} ${target}  ${String(row.credits)}  ${row.reasonCode ?? ''}`,
      )
    }
  })
}

/** Flags of `deliveries resume`. */
export interface ResumeFlags {
  readonly reason?: string
  readonly imei?: string
  readonly all?: boolean
}

/** `deliveries resume` */
export async function resumeCommand(
  env: NodeJS.ProcessEnv,
  ids: readonly string[],
  { reason: reasonCode, imei, all }: ResumeFlags,
): Promise<void> {
  const isSelection = reasonCode !== undefined || imei !== undefined || all === true
  if (ids.length > 0 && !isSelection) return eachCommand(env, ids, resumeDelivery)
  if (ids.length > 0 || !isSelection) {
    throw new ServeError('name them: ids, or --reason, --imei or --all', { isFinal: false })
  }
  await withExistingStore(env, async (db) => {
    const context = { db, caller: systemCaller('cli') }
    const resumed = await resumeDeliveries(context, { reasonCode, imei })
    print(`${String(resumed.ids.length)} deliveries and ${String(resumed.accounts)} accounts resumed`)
  })
}

/** `deliveries resend` */
export async function resendCommand(env: NodeJS.ProcessEnv, ids: readonly string[], isMeant: boolean): Promise<void> {
  if (isMeant) return eachCommand(env, ids, resendDelivery)
  await withExistingStore(env, async (db) => {
    let credits = 0
    for (const id of ids.map(toNumber)) {
      const row = await findDelivery(db, { scope: { all: true }, id })
      if (row === null) throw new ServeError(`there is no delivery ${String(id)}`, { isFinal: true })
      print(`${String(id)}: ${row.state}, ${String(row.credits)} credits`)
      credits += row.credits
    }
    note(`sending these again costs ${String(credits)} credits; confirm with --yes`)
  })
}

/** Operations on single deliveries, by id. A running service notices within some seconds. */
const ACTIONS = { cancel: cancelDelivery, arrived: arriveDelivery } as const

/** `deliveries cancel` and `arrived` */
export function actionCommand(
  env: NodeJS.ProcessEnv,
  name: keyof typeof ACTIONS,
  ids: readonly string[],
): Promise<void> {
  return eachCommand(env, ids, ACTIONS[name])
}

/** Applies it to each, and continues after a refusal. */
async function eachCommand(env: NodeJS.ProcessEnv, ids: readonly string[], action: Action): Promise<void> {
  await withExistingStore(env, async (db) => {
    const context = { db, caller: systemCaller('cli') }
    for (const id of ids.map(toNumber)) {
      try {
        const { row } = await action(context, { id })
        print(
          `${String(id)}: ${row.id === id ? row.state : `sent again as ${String(row.id)} for ${String(row.credits)} credits`}`,
        )
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        process.exitCode = 1
        note(`${String(id)}: ${error.message}`)
      }
    }
  })
}

function toNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new ServeError(`${JSON.stringify(text)} is not a whole number above 0`, { isFinal: false })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
