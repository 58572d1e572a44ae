import { createApi } from '@paikea/api'
import { openDatabase } from '@paikea/database'
import { createIntake } from '@paikea/intake'
import { createToken, ensureDefaultGroup, systemCaller } from '@paikea/operations'

/** A live API over a database in memory, with a token that may do everything. */
export interface FuzzedApi {
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

/** Starts it. Budgets of requests are out of the way: what is asked is whether it answers as it says. */
export async function startFuzzedApi(): Promise<FuzzedApi> {
  const db = await openDatabase({ uri: 'sqlite::memory:' })
  await db.migrate()
  await ensureDefaultGroup(db)
  const many = 1_000_000
  const rateLimits = { readsPerMinute: many, writesPerMinute: many, logInsPerMinute: many, failedLogIns: many }
  const log = {
    info: () => undefined,
    warn: (event: string, fields?: object) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
    error: (event: string, fields?: object) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
  }
  const config = { webhookSecret: 'a-secret-for-this-run', rateLimits }
  const api = createApi({ db, intake: createIntake({ db }), config, log })
  const server = await api.listen(0)
  const { token } = await createToken({ db, caller: systemCaller('cli') }, { name: 'fuzzer', isSystemAdmin: true })
  return {
    url: `http://127.0.0.1:${String(server.port)}`,
    token,
    async close() {
      await server.close()
      await db.close()
    },
  }
}
