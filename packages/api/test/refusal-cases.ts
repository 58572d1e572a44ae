/** What the matrix of refusals needs to know of routes: what stands for their parameters, bodies they take, and answers that are not their own. */

/** One crew's things, each of which a route may be asked about. */
export interface Things {
  readonly groupId: number
  readonly imei: string
  readonly iam: string
  readonly inbound: number
  readonly outbound: number
  readonly route: number
  readonly endpoint: number
  readonly token: number
  readonly user: number
  readonly deployment: number
  readonly share: number
  readonly note: number
  readonly alert: number
  readonly session: number
  /** A buoy with a modem, and what it was told. */
  readonly buoy: string
  readonly command: number
  readonly release: number
  /** A release that is being fetched. */
  readonly fetching: number
  readonly upgrade: number
  readonly rollout: number
}

/** What stands for a parameter; where the same name means different things, the longest path that fits decides. */
export const PLACES: readonly (readonly [prefix: string, name: string, of: (things: Things) => string | number])[] = [
  ['/v1/devices/', 'iam', ({ iam }) => iam],
  ['/v1/devices/', 'format', () => 'csv'],
  ['/v1/devices/:iam/deployments/', 'id', ({ deployment }) => deployment],
  ['/v1/devices/:iam/commands', 'iam', ({ buoy }) => buoy],
  ['/v1/devices/:iam/recovery', 'iam', ({ buoy }) => buoy],
  ['/v1/devices/:iam/commands/', 'id', ({ command }) => command],
  ['/v1/devices/:iam/share-links', 'iam', ({ iam }) => iam],
  ['/v1/devices/:iam/share-links/', 'id', ({ share }) => share],
  ['/v1/devices/:iam/notes/', 'id', ({ note }) => note],
  ['/v1/alerts/', 'id', ({ alert }) => alert],
  ['/v1/groups/', 'id', ({ groupId }) => groupId],
  ['/v1/devices/:iam/live/', 'id', ({ session }) => session],
  ['/v1/tracks', 'format', () => 'csv'],
  ['/v1/modems/', 'imei', ({ imei }) => imei],
  ['/v1/messages/inbound/', 'id', ({ inbound }) => inbound],
  ['/v1/messages/outbound/', 'id', ({ outbound }) => outbound],
  ['/v1/errors/', 'id', ({ inbound }) => `in-${inbound}`],
  ['/v1/vendor-accounts/', 'kind', () => 'modem'],
  ['/v1/endpoints/', 'id', ({ endpoint }) => endpoint],
  ['/v1/routes/', 'id', ({ route }) => route],
  ['/v1/sessions/', 'id', () => 1],
  ['/v1/session/identities/', 'id', () => 1],
  ['/v1/push/subscriptions/', 'id', () => 1],
  ['/v1/tokens/', 'id', ({ token }) => token],
  ['/v1/users/', 'id', ({ user }) => user],
  ['/v1/firmware/releases/', 'id', ({ release }) => release],
  ['/v1/firmware/releases/:id/resume', 'id', ({ fetching }) => fetching],
  ['/v1/firmware/releases/:id/cancel', 'id', ({ fetching }) => fetching],
  ['/v1/firmware/upgrades/', 'id', ({ upgrade }) => upgrade],
  ['/v1/firmware/rollouts/', 'id', ({ rollout }) => rollout],
]

/** Bodies that name a thing of the crew, so that another crew's are refused. */
export const BODIES: Readonly<Record<string, (things: Things) => object>> = {
  'POST /v1/session': () => ({ email: 'nobody@example.org', password: 'a guess' }),
  'PUT /v1/session/password': () => ({ password: 'a guess', newPassword: 'a better one' }),
  'POST /v1/session/second-factor': () => ({ password: 'a guess' }),
  'PUT /v1/session/second-factor': () => ({ code: '000000' }),
  'POST /v1/session/second-factor/end': () => ({ password: 'a guess' }),
  'POST /v1/session/recovery-codes': () => ({ password: 'a guess' }),
  'POST /v1/session/oidc/link': () => ({ password: 'a guess' }),
  'POST /v1/session/identities/:id/end': () => ({ password: 'a guess' }),
  'POST /v1/password-links': () => ({ email: 'nobody@example.org' }),
  'POST /v1/password-links/use': () => ({ token: 'a guess', password: 'a better one' }),
  'POST /v1/push/subscriptions': () => ({
    endpoint: 'https://push.example.org/one',
    keys: {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
  }),
  'POST /v1/devices': ({ groupId }) => ({ kind: 'buoy', groupId }),
  'POST /v1/devices/:iam/modem': ({ imei }) => ({ imei }),
  'POST /v1/devices/:iam/share-links': () => ({ until: new Date(Date.now() + 3_600_000).toISOString() }),
  'POST /v1/devices/:iam/notes': () => ({ text: 'A new cable.' }),
  'POST /v1/shared': () => ({ token: 'pks_a-guess' }),
  // Before the one that is there already.
  'POST /v1/devices/:iam/deployments': () => ({ from: '2026-01-01', to: '2026-01-02' }),
  'POST /v1/devices/:iam/commands': () => ({ command: 'interval', minutes: 20 }),
  'POST /v1/devices/:iam/commands/preview': () => ({ command: 'interval', minutes: 20 }),
  'POST /v1/devices/:iam/recovery': () => ({ minutes: 5, hours: 6, backMinutes: 60 }),
  'POST /v1/messages/outbound': ({ imei }) => ({ imei, text: 'hello' }),
  'POST /v1/messages/outbound/resume': ({ outbound }) => ({ ids: [outbound] }),
  'PUT /v1/airtime/budgets': ({ groupId }) => ({ groupId, warnCredits: 100 }),
  'POST /v1/airtime/override': ({ groupId }) => ({ groupId, hours: 1, reason: 'a test' }),
  'POST /v1/messages/outbound/:id/waive': () => ({ reason: 'a test' }),
  'POST /v1/messages/inbound/replay': ({ inbound }) => ({ ids: [inbound] }),
  'POST /v1/routes/:id/backfill': () => ({ from: '2026-01-01' }),
  'POST /v1/endpoints': ({ groupId }) => ({
    kind: 'sqs',
    queueName: `q-${Math.random().toString(36).slice(2)}`,
    groupId,
  }),
  'POST /v1/routes': ({ imei, groupId }) => ({ source: { kind: 'buoy' }, target: { kind: 'modem', imei }, groupId }),
  'POST /v1/firmware/releases': ({ fetching }) => ({ ref: `another-${fetching}` }),
  'POST /v1/firmware/upgrades': ({ iam, release }) => ({ iam, releaseId: release }),
  'POST /v1/firmware/rollouts': ({ iam, release, groupId }) => ({ releaseId: release, stages: [[iam]], groupId }),
  'POST /v1/tokens': ({ groupId }) => ({ name: 'another', groupId }),
  'POST /v1/users': ({ groupId }) => ({
    email: `${Math.random().toString(36).slice(2)}@example.org`,
    memberships: [{ group: groupId, role: 'viewer' }],
  }),
}

/** Where success is not what a caller who may gets here. */
export const ANSWERS: Readonly<Record<string, string>> = {
  'POST /v1/session': '401 wrong-credentials',
  'GET /v1/session': '404 no-session',
  'POST /v1/shared': '404 not-found',
  // Programs have tokens, which have no sessions and no password.
  'DELETE /v1/sessions': '409 no-account',
  'DELETE /v1/sessions/:id': '404 not-found',
  'PUT /v1/session/password': '409 no-account',
  'POST /v1/session/second-factor': '409 no-account',
  'PUT /v1/session/second-factor': '409 no-second-factor',
  'POST /v1/session/second-factor/end': '409 no-account',
  'POST /v1/session/recovery-codes': '409 no-account',
  'POST /v1/webhook-address': '409 no-account',
  'POST /v1/session/oidc': '404 not-found',
  'POST /v1/session/oidc/link': '409 no-account',
  'POST /v1/session/identities/:id/end': '404 not-found',
  'POST /v1/password-links/use': '422 validation-failed',
  'POST /v1/push/subscriptions': '409 no-account',
  'DELETE /v1/push/subscriptions/:id': '404 not-found',
  'GET /v1/devices/:iam/live': '426 upgrade-required',
  'POST /v1/messages/inbound/:id/accept': '409 wrong-state',
  // Nothing is wrong with the message.
  'POST /v1/errors/:id/dismiss': '409 wrong-state',
  'POST /v1/messages/outbound/:id/resume': '409 wrong-state',
  'POST /v1/messages/outbound/:id/arrived': '409 wrong-state',
  'POST /v1/messages/outbound/:id/resend': '409 wrong-state',
  'POST /v1/vendor-accounts/:kind/resume': '409 wrong-state',
  'POST /v1/messages/outbound/:id/waive': '409 wrong-state',
  'POST /v1/airtime/override': '409 no-stop',
  'POST /v1/endpoints/:id/test': '409 no-test',
  'POST /v1/endpoints/:id/resume': '409 wrong-state',
  'POST /v1/endpoints/:id/rotate-secret': '409 no-secret',
  'GET /v1/devices/:iam/recovery': '404 not-found',
  'GET /v1/devices/:iam/recovery/price': '422 validation-failed',
  'POST /v1/devices/:iam/recovery/end': '409 wrong-state',
  'POST /v1/devices/:iam/commands/:id/send': '409 wrong-state',
  'GET /v1/firmware/releases/:id/changes': '400 validation-failed',
  'POST /v1/firmware/rollouts/:id/approve': '409 wrong-state',
  'POST /v1/firmware/rollouts/:id/resume': '409 wrong-state',
}

/** Succeeds here without a change, so that there is nothing to write down. */
export const CHANGES_NOTHING: readonly string[] = [
  // Nobody has that e-mail.
  'POST /v1/password-links',
  // A token has no browser.
  'POST /v1/push/test',
  // It was a token that asked.
  'DELETE /v1/session',
  // Nothing was quarantined, nothing parked.
  'POST /v1/errors/:id/replay',
  'POST /v1/messages/inbound/:id/replay',
  'POST /v1/messages/inbound/replay',
  'POST /v1/messages/outbound/resume',
  // Tell the price alone.
  'POST /v1/devices/:iam/commands/preview',
  'POST /v1/routes/:id/backfill',
]

/** Of what belongs to no group everybody sees all. */
export const OF_NO_GROUP = /^\/v1\/(?:firmware\/releases|vendor-accounts)/
