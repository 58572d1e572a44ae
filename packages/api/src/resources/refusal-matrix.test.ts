import {
  beginLinkSession,
  findDevice,
  finishRelease,
  insertRelease,
  listLinkSessions,
  listAudit,
  openAlerts,
} from '@paikea/database'
import { buildGroup } from '@paikea/database/testing'
import { ROLES, type Role } from '@paikea/domain'
import { includesRole } from '@paikea/operations'
import { ANSWERS, BODIES, CHANGES_NOTHING, OF_NO_GROUP, PLACES, type Things } from '../../test/refusal-cases.ts'
import { deliver, formBody, type Reply, request, startTestApi, type TestApi } from '../../test/test-api.ts'
import type { Access } from '../route-table/access.ts'
import type { Route } from '../route-table/route.ts'
import { ALL_ROUTES } from './all-routes.ts'

/**
 * Every route × every kind of caller, made from the route table. A route that this file cannot fill in an address or a
 * body for fails by name: give it a place in PLACES and, where its body needs fields, an entry in BODIES (`test/refusal-cases.ts`).
 */

const CALLERS = ['nobody', ...ROLES, 'system-admin', 'other-group'] as const
type Caller = (typeof CALLERS)[number]

const cases = ALL_ROUTES.flatMap((route: Route<never>) =>
  CALLERS.map((caller) => [`${route.method} ${route.path}`, caller, route] as const),
)

const FIRMWARE = ['release', 'fetching', 'upgrade', 'rollout'] as const
const NO_FIRMWARE = { release: 0, fetching: 0, upgrade: 0, rollout: 0 }
/** Things of which there are none, to see which are asked for. */
const shape: Things = {
  groupId: 0,
  imei: '',
  iam: '',
  buoy: '',
  command: 0,
  ...NO_FIRMWARE,
  inbound: 0,
  outbound: 0,
  route: 0,
  endpoint: 0,
  token: 0,
  user: 0,
  deployment: 0,
  session: 0,
  share: 0,
  note: 0,
  alert: 0,
}
const OF_THE_BUOY = new Set<string>(['buoy', 'command', ...FIRMWARE])
const EVERYTHING = new Set<string>([
  ...OF_THE_BUOY,
  'inbound',
  'outbound',
  'route',
  'endpoint',
  'token',
  'user',
  'deployment',
  'session',
  'share',
  'note',
  'alert',
])

describe('who may call what', () => {
  let api: TestApi
  let own: number
  let shared: Things
  const tokens = new Map<Caller, string>()
  /** Changes that succeeded and left no entry in the audit log, or one without a name or an address. */
  const unaudited = new Set<string>()
  let serial = 0

  /** A device, and of the rest what is wanted: each is several requests, and each case of the matrix makes its own. */
  async function makeThings(wanted: ReadonlySet<string> = EVERYTHING): Promise<Things> {
    serial += 1
    const admin = tokens.get('system-admin') ?? ''
    const imei = `3002340${String(serial).padStart(8, '0')}`
    const make = async (path: string, body: object) => (await api.call(admin, 'POST', path, body)).body
    const idOf = async (name: keyof Things, path: string, body: object) =>
      wanted.has(name) ? (await make(path, body)).id : 0
    const { iam } = await make('/v1/devices', { kind: 'handset', imei, groupId: own })
    const hasBuoy = [...OF_THE_BUOY].some((name) => wanted.has(name))
    const modem = `3002341${String(serial).padStart(8, '0')}`
    const buoyOf = { kind: 'buoy', imei: modem, generation: 'v3', groupId: own }
    const buoy: string = hasBuoy ? (await make('/v1/devices', buoyOf)).iam : ''
    const target = { kind: 'modem', imei }
    return {
      groupId: own,
      imei,
      iam,
      inbound: wanted.has('inbound') ? await receive(imei, admin) : 0,
      outbound: await idOf('outbound', '/v1/messages/outbound', { imei, text: 'first' }),
      route: await idOf('route', '/v1/routes', { source: { kind: 'handset' }, target, groupId: own }),
      endpoint: await idOf('endpoint', '/v1/endpoints', { kind: 'rockstar', serial: String(serial), groupId: own }),
      token: await idOf('token', '/v1/tokens', { name: 'script', groupId: own }),
      user: await idOf('user', '/v1/users', {
        email: `person-${String(serial)}@example.org`,
        memberships: [{ group: own, role: 'viewer' }],
      }),
      deployment: await idOf('deployment', `/v1/devices/${iam}/deployments`, { from: '2026-02-01' }),
      share: await idOf('share', `/v1/devices/${iam}/share-links`, { until: new Date(Date.now() + 3_600_000) }),
      note: await idOf('note', `/v1/devices/${iam}/notes`, { text: 'first' }),
      alert: wanted.has('alert') ? await raiseAlert() : 0,
      session: wanted.has('session') ? await beginSession(iam) : 0,
      buoy,
      command: await idOf('command', `/v1/devices/${buoy}/commands`, { command: 'sleep', seconds: 600 }),
      ...(FIRMWARE.some((name) => wanted.has(name)) ? await makeFirmware(buoy, admin) : NO_FIRMWARE),
    }
  }

  async function receive(imei: string, admin: string): Promise<number> {
    await deliver(api.url, formBody({ imei, momsn: 1 }))
    return (await api.call(admin, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items[0].id
  }

  /** As the workflow does when it has fetched one. */
  async function makeFirmware(iam: string, admin: string) {
    const { db } = api
    const now = new Date()
    const begin = (ref: string) => db.write((tx) => insertRelease(db, { ref, requestedBy: 'test', now }, tx))
    const release = await begin(`ready-${String(serial)}`)
    const commit = String(serial).padStart(40, '0')
    const nothing = { refName: null, tagObject: null, signature: null, signer: null }
    const file = { path: 'boot.py', bytes: 1, sha1: 'a'.repeat(40), sha256: 'b'.repeat(64) }
    const sizes = { totalBytes: 1, flashBytes: 1, files: [file] }
    await db.write((tx) =>
      finishRelease(db, { ...nothing, ...sizes, id: release, commit, subject: 's', committedAt: now, now }, tx),
    )
    const make = async (path: string, body: object) => (await api.call(admin, 'POST', path, body)).body.id
    const rollout = await make('/v1/firmware/rollouts', { releaseId: release, stages: [[iam]], groupId: own })
    const upgrade = await make('/v1/firmware/upgrades', { iam, releaseId: release })
    return { release, fetching: await begin(`fetching-${String(serial)}`), upgrade, rollout }
  }

  /** As the watch does when it finds something. */
  async function raiseAlert(): Promise<number> {
    const { db } = api
    const now = new Date()
    const words = { summary: 's', advice: 'a', since: now }
    const one = { kind: 'deliveries-parked' as const, groupId: own, deviceId: null, openKey: `test/${String(serial)}` }
    const [made] = await db.write((tx) => openAlerts(db, { found: [{ ...one, ...words }], now }, tx))
    return made?.id ?? 0
  }

  /** As the harbour does when the device connects. */
  async function beginSession(iam: string): Promise<number> {
    const device = await findDevice(api.db, { scope: { all: true }, iam })
    const deviceId = device?.id ?? 0
    await api.db.write((tx) => beginLinkSession(api.db, { deviceId, linkId: `link-${iam}`, openedAt: new Date() }, tx))
    return (await listLinkSessions(api.db, { deviceId, limit: 1, beforeId: null }))[0]?.id ?? 0
  }

  function call(route: Route<never>, caller: Caller, things: Things, isLetIn: boolean): Promise<Reply> {
    const token = tokens.get(caller)
    // A stream does not end; asked for its head alone it goes the same way and does.
    const method = isLetIn && route.answerTypes.includes('text/event-stream') ? 'HEAD' : route.method
    return request(`${api.url}${fill(route, things)}`, method, bodyFor(route, things), {
      // Not from this machine itself, which may read the metrics.
      'X-Forwarded-For': '203.0.113.9',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    })
  }

  beforeAll(async () => {
    api = await startTestApi()
    own = (await buildGroup(api.db)).id
    for (const role of ROLES) tokens.set(role, await api.tokenOf(own, role))
    tokens.set('other-group', await api.tokenOf((await buildGroup(api.db)).id, 'admin'))
    tokens.set('system-admin', await api.tokenOf(null))
    shared = await makeThings()
    // Many requests one after the other: a busy machine takes its time.
  }, 60_000)
  afterAll(() => api.close())

  it.each(cases)('%s, %s', async (name, caller, route) => {
    const verdict = expectationOf(route.access, caller)
    // What is changed or ended is nobody else's afterwards.
    const isFresh = verdict === 'allowed' && route.method !== 'GET'
    const things = isFresh ? await makeThings(namedBy(route)) : shared
    const isWatched = caller === 'system-admin' && route.method !== 'GET'
    const before = isWatched ? await newestAudit() : undefined
    const reply = await call(route, caller, things, verdict === 'allowed')
    if (isWatched && reply.status < 300) {
      const entry = await newestAudit()
      const isNamed = entry?.actor.startsWith('token/') === true && entry?.address === '127.0.0.1'
      if (entry?.id === before?.id || !isNamed) unaudited.add(name)
    }
    const seen =
      caller === 'other-group' && verdict === 'allowed' && !OF_NO_GROUP.test(route.path)
        ? seenFromElsewhere(things, route, reply)
        : seenIn(reply)
    expect(seen).toBe(verdict === 'allowed' ? expectedOf(name, caller, route) : seenIn(verdict))
  })

  // After all of them: each change above was made by the system administrator, too.
  it('records every change in the audit log, with actor and address', () => {
    expect([...unaudited].toSorted()).toEqual([...CHANGES_NOTHING].toSorted())
  })

  async function newestAudit() {
    return (await listAudit(api.db, { scope: { all: true }, limit: 1, afterId: null }))[0]
  }
})

/** An answer in short. */
function seenIn({ status, body }: Pick<Reply, 'status' | 'body'>): string {
  return [status, body?.code].filter((part) => part !== undefined).join(' ')
}

function expectedOf(name: string, caller: Caller, route: Route<never>): string {
  if (caller === 'other-group' && !OF_NO_GROUP.test(route.path))
    return route.path.includes('/:') ? '404 not-found' : 'nothing of theirs'
  return ANSWERS[name] ?? String(route.statuses[0])
}

/** An administrator elsewhere: what is named does not exist, and what is listed holds nothing of this crew. */
function seenFromElsewhere(things: Things, route: Route<never>, reply: Reply): string {
  if (route.path.includes('/:')) return seenIn(reply)
  // The same for everybody, and nothing but that it was asked.
  if (route.path === '/v1/password-links') return 'nothing of theirs'
  if (route.body !== undefined) return reply.status >= 400 && reply.status < 500 ? 'nothing of theirs' : seenIn(reply)
  const text = JSON.stringify(reply.body)
  return text.includes(things.imei) || text.includes(`"${things.iam}"`) ? text : 'nothing of theirs'
}

/** What the rule alone says of a caller. */
function expectationOf(access: Access, caller: Caller): 'allowed' | Pick<Reply, 'status' | 'body'> {
  if (access === 'anyone') return 'allowed'
  const stranger = { status: 401, body: { code: 'not-logged-in' } }
  if (caller === 'nobody') return stranger
  if (caller === 'system-admin' || access === 'logged-in') return 'allowed'
  if (access === 'scraper') return stranger
  const role: Role = caller === 'other-group' ? 'admin' : caller
  if (access !== 'system-admin' && includesRole(role, access)) return 'allowed'
  return { status: 403, body: { code: 'forbidden' } }
}

function fill(route: Route<never>, things: Things): string {
  return route.path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const place = PLACES.filter(([prefix, of]) => of === name && route.path.startsWith(prefix)).at(-1)
    if (place === undefined) throw new Error(`${route.path}: nothing in PLACES stands for :${name}`)
    return String(place[2](things))
  })
}

/** The things that a route's address and body name. */
function namedBy(route: Route<never>): ReadonlySet<string> {
  const named = new Set<string>()
  const recorder = new Proxy<Things>(shape, {
    get(things, name) {
      named.add(String(name))
      return Reflect.get(things, name)
    },
  })
  fill(route, recorder)
  BODIES[`${route.method} ${route.path}`]?.(recorder)
  return named
}

function bodyFor(route: Route<never>, things: Things): object | undefined {
  if (route.body === undefined) return undefined
  const body = BODIES[`${route.method} ${route.path}`]?.(things) ?? {}
  if (!route.body.safeParse(body).success) throw new Error(`${route.path}: BODIES has nothing that it takes`)
  return body
}
