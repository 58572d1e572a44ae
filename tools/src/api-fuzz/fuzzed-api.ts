import { createApi } from '@paikea/api'
import { openDatabase } from '@paikea/database'
import { createIntake } from '@paikea/intake'
import { createDeployment, createDevice, createToken, ensureDefaultGroup, systemCaller } from '@paikea/operations'

/** A live API over an in-memory database, with an administrator's token. */
export interface FuzzedApi {
  readonly url: string
  readonly token: string
  /** Warnings and errors so far. */
  readonly log: readonly string[]
  close(): Promise<void>
}

const SECRET = 'a-secret-for-this-run'
const IMEI = '300234010753370'
/** The first device name that a fuzzer tries. */
const IAM = '0'

/**
 * Starts the API, with a device that has reported. Rate limits are disabled: what matters is whether it responds as
 * documented.
 */
export async function startFuzzedApi(): Promise<FuzzedApi> {
  const db = await openDatabase({ uri: 'sqlite::memory:' })
  await db.migrate()
  await ensureDefaultGroup(db)
  const many = 1_000_000
  const rateLimits = { readsPerMinute: many, writesPerMinute: many, logInsPerMinute: many, failedLogIns: many }
  const lines: string[] = []
  const note = (event: string, fields?: object): void => void lines.push(`${event} ${JSON.stringify(fields ?? {})}`)
  const log = { info: () => undefined, warn: note, error: note }
  const config = { webhookSecret: SECRET, rateLimits }
  const api = createApi({ db, intake: createIntake({ db }), config, log })
  const server = await api.listen(0)
  const url = `http://127.0.0.1:${String(server.port)}`
  const context = { db, caller: systemCaller('cli') }
  const { token } = await createToken(context, { name: 'fuzzer', isSystemAdmin: true })
  await createDevice(context, { kind: 'buoy', iam: IAM, imei: IMEI })
  const values = { fromAt: new Date('2026-11-01'), toAt: null, place: null, purpose: null }
  await createDeployment(context, { iam: IAM, values })
  for (const text of [
    'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501,sog:0.5,cog:12,sta:00,batt:4.7',
    'no packet',
  ]) {
    const data = Buffer.from(text).toString('hex')
    const body = new URLSearchParams({
      imei: IMEI,
      momsn: String(text.length),
      transmit_time: '26-11-24 03:05:10',
      data,
    })
    await fetch(`${url}/rockblock/incoming/${SECRET}`, { method: 'POST', body })
  }
  return {
    url,
    token,
    log: lines,
    async close() {
      await server.close()
      await db.close()
    },
  }
}
