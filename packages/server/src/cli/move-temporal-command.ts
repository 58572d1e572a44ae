import { readTemporalHome, settleTemporalHome } from '@paikea/database'
import { moveTemporal, systemCaller } from '@paikea/operations'
import { connectLazily } from '@paikea/workflows'
import { Client } from '@temporalio/client'
import { ServeError } from '../process/serve-error.ts'
import { temporalAddress } from '../process/temporal-address.ts'
import { IN_USE_FOR_MS } from '../process/temporal-home.ts'
import { type FoundTemporal, isSame, readIdentity } from '../process/temporal-identity.ts'
import type { TemporalConfig } from '../config/temporal-config.ts'
import { withStore } from './with-store.ts'

/** `move-temporal`: makes the Temporal at `TEMPORAL_ADDRESS` the one that acts on this database. */
export async function moveTemporalCommand(env: NodeJS.ProcessEnv): Promise<void> {
  const line = await withStore(env, async (db, { temporal }) => {
    const to = await askWho(temporal)
    const now = new Date()
    const from = (await readTemporalHome(db)) ?? (await settleTemporalHome(db, { identity: to, now }))
    if (isSame(from, to)) return 'this Temporal already belongs to this database: nothing changed'
    const unseenSince = new Date(now.getTime() - IN_USE_FOR_MS)
    const hasMoved = await moveTemporal({ db, caller: systemCaller('cli') }, { from, to, unseenSince })
    if (!hasMoved) {
      const seconds = IN_USE_FOR_MS / 1_000
      const message = `a process is using the old Temporal (cluster ${from.clusterId}): stop it, wait ${seconds} s, and try again`
      throw new ServeError(message, { isFinal: false })
    }
    return `moved from cluster ${from.clusterId} to ${to.clusterId}: unfinished work starts over there`
  })
  process.stdout.write(`${line}\n`)
}

async function askWho(temporal: TemporalConfig): Promise<FoundTemporal> {
  const connection = connectLazily(temporalAddress(temporal))
  try {
    return await readIdentity(new Client({ connection, namespace: temporal.namespace }), temporal.namespace)
  } catch (cause) {
    const where = `${temporal.connection.address ?? ''}, namespace ${temporal.namespace}`
    throw new ServeError(`Temporal cannot be reached (${where}): nothing changed`, { isFinal: false, cause })
  } finally {
    await connection.close()
  }
}
