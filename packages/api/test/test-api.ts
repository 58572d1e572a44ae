import type { Log, Role } from '@paikea/domain'
import { type DatabaseKind, openTestDatabase, type TestDatabase, buildModem } from '@paikea/database/testing'
import { createIntake, type Intake } from '@paikea/intake'
import { createToken, createUser, systemCaller } from '@paikea/operations'
import { type ApiConfig, type ApiDeps, createApi } from '../src/create-api.ts'
import { createLiveHub, type LiveHub } from '../src/live/hub.ts'
import { createLiveSource } from '../src/live/live-source.ts'
import { publishStored } from '../src/live/stored-events.ts'

/** The secret in the webhook addresses of these tests. */
export const SECRET = 'a-secret-of-the-portal'
/** The password of every account made here. */
export const PASSWORD = 'correct horse battery'

const PATIENT_MS = 30_000

/** The real app on a free port, over a real database of its own. */
export interface TestApi {
  readonly db: TestDatabase
  readonly hub: LiveHub
  readonly intake: Intake
  readonly url: string
  readonly port: number
  /** Everything that was logged, as one text: for asserting what must not be in it. */
  logged(): string
  /** Calls an address with a token; `body` goes as JSON. */
  call(token: string | null, method: string, path: string, body?: unknown): Promise<Reply>
  /** Enters modems, as a system administrator does: from then on others can put them into devices. */
  enter(...imeis: readonly string[]): Promise<void>
  /** A token with a role in a group, or for all groups. */
  tokenOf(groupId: number | null, role?: Role): Promise<string>
  /** Logs a new person in. */
  logIn(memberships: readonly { group: string; role: Role }[]): Promise<{ cookie: string; csrfToken: string }>
  close(): Promise<void>
}

/** An answer, read. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** JSON, as it came; tests look into it. */
  // eslint-disable-next-line typescript/no-explicit-any -- what a test expects of it is what is being tested
  readonly body: any
}

/** Starts it. */
export async function startTestApi(
  kind: DatabaseKind = 'sqlite',
  overrides: Partial<Omit<ApiDeps, 'config'>> & {
    config?: Partial<ApiConfig>
    publicKey?: string
    wrapIntake?: (intake: Intake) => Intake
    /** How soon what other processes did is found. @default as in production */
    lookEveryMs?: number
  } = {},
): Promise<TestApi> {
  const db = await openTestDatabase(kind)
  const hub = createLiveHub()
  const lines: string[] = []
  const record =
    (level: string) =>
    (event: string, fields: object = {}): void => {
      lines.push(`${level} ${event} ${JSON.stringify(fields)}`)
    }
  const log: Log = { info: record('info'), warn: record('warn'), error: record('error') }
  const { publicKey, config, wrapIntake = (same) => same, lookEveryMs: intervalMs = 1000, ...deps } = overrides
  const live = createLiveSource({ db, hub, log, intervalMs })
  const intake = wrapIntake(
    createIntake({
      db,
      // A busy machine that runs many tests at once is not a database that has gone.
      writeTimeoutMs: PATIENT_MS,
      onStored(stored) {
        publishStored(hub, stored)
        live.look()
      },
      ...(publicKey === undefined ? {} : { publicKey }),
    }),
  )
  const api = createApi({
    db,
    intake,
    hub,
    live,
    log,
    ...deps,
    config: { webhookSecret: SECRET, timeouts: { acceptTimeoutMs: PATIENT_MS }, ...config },
  })
  const server = await api.listen(0)
  const url = `http://127.0.0.1:${String(server.port)}`
  let people = 0

  return {
    db,
    hub,
    intake,
    url,
    port: server.port,
    logged: () => lines.join('\n'),
    call: (token, method, path, body) =>
      request(`${url}${path}`, method, body, token === null ? {} : { Authorization: `Bearer ${token}` }),
    async enter(...imeis) {
      for (const imei of imeis) await buildModem(db, { imei, serial: null })
    },
    async tokenOf(groupId, role = 'admin') {
      const where = groupId === null ? { isSystemAdmin: true } : { groupId }
      const made = await createToken({ db, caller: systemCaller('test') }, { name: 'test', role, ...where })
      return made.token
    },
    async logIn(memberships) {
      people += 1
      const email = `person-${String(people)}@example.org`
      await createUser({ db, caller: systemCaller('test') }, { email, password: PASSWORD, memberships })
      const reply = await request(`${url}/v1/session`, 'POST', { email, password: PASSWORD })
      const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? ''
      return { cookie, csrfToken: reply.body.csrfToken }
    },
    async close() {
      await server.close()
      await db.drop()
      const undeclared = lines.filter((line) => line.includes('http.undeclared-problem'))
      if (undeclared.length > 0) throw new Error(`problems no route names:\n${[...new Set(undeclared)].join('\n')}`)
    },
  }
}

/** One request, its answer read to the end. */
export async function request(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}

/** A delivery of format A as the vendor's form, with what a test is about laid over. */
export function formBody(fields: Record<string, string | number> = {}): string {
  const all = {
    imei: '300234010753370',
    serial: 14105,
    momsn: 12,
    transmit_time: '26-11-24 03:05:10',
    iridium_latitude: 37.8,
    iridium_longitude: -122.3,
    iridium_cep: 8,
    iridium_session_status: 0,
    data: hex('PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'),
    ...fields,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** ASCII as the vendor's hex. */
export function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

/** Posts a delivery. */
export async function deliver(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  contentType = 'application/x-www-form-urlencoded',
  path = `/rockblock/incoming/${SECRET}`,
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'Content-Type': contentType }, body })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}
