import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from './config-error.ts'
import { describeConfig } from './describe-config.ts'
import { loadConfig } from './load-config.ts'
import { printExample } from './print-example.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'paikea-config-'))

afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function faultsOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('loadConfig() found no fault')
}

describe('loadConfig()', () => {
  test('defaults to SQLite in ./data and Temporal on this machine', () => {
    const config = loadConfig({})
    expect(config.database.uri).toMatch(/^sqlite:\/\/\/\/.*\/data\/paikea\.db$/)
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080, publicUrl: null })
    expect(config.temporal).toEqual({ namespace: 'default', connection: { address: '127.0.0.1:7233' } })
    expect(config.admin).toBeNull()
  })

  test('reads the URLs of the workflow UI (with its namespace) and map tiles, and refuses unusable ones', () => {
    expect(loadConfig({}).http.workflowsUrl).toBeNull()
    const env = { PAIKEA_TEMPORAL_UI_URL: 'https://temporal.example/', TEMPORAL_NAMESPACE: 'fleet.a1' }
    expect(loadConfig(env).http.workflowsUrl).toBe('https://temporal.example/namespaces/fleet.a1/workflows')
    const PAIKEA_MAP_TILES_URL = 'https://charts.example/{z}/{x}/{y}.png'
    expect(loadConfig({ PAIKEA_MAP_TILES_URL }).http.tiles).toEqual({ url: PAIKEA_MAP_TILES_URL, attribution: '' })
    expect(faultsOf({ PAIKEA_MAP_TILES_URL: 'https://charts.example/' }).message).toContain('.pmtiles')
    expect(faultsOf({ PAIKEA_TEMPORAL_UI_URL: 'javascript:alert(1)' }).message).toContain('PAIKEA_TEMPORAL_UI_URL')
  })

  test('reads an identity provider, and requires https, a client id and a public URL', () => {
    expect(loadConfig({}).identityProvider).toBeNull()
    const env = { PAIKEA_OIDC_ISSUER: 'https://login.example', PAIKEA_OIDC_CLIENT_ID: 'paikea' }
    const PAIKEA_PUBLIC_URL = 'https://buoys.example'
    expect(loadConfig({ ...env, PAIKEA_PUBLIC_URL }).identityProvider).toEqual({
      issuer: 'https://login.example',
      clientId: 'paikea',
      clientSecret: null,
      name: 'single sign-on',
      matchesEmail: false,
    })
    expect(faultsOf(env).message).toContain('PAIKEA_PUBLIC_URL is missing although PAIKEA_OIDC_ISSUER is set')
    const plain = { ...env, PAIKEA_PUBLIC_URL, PAIKEA_OIDC_ISSUER: 'http://login.example' }
    expect(faultsOf(plain).message).toContain('PAIKEA_OIDC_ISSUER must be an https URL')
    const { PAIKEA_OIDC_ISSUER } = env
    expect(faultsOf({ PAIKEA_OIDC_ISSUER, PAIKEA_PUBLIC_URL }).message).toContain('PAIKEA_OIDC_CLIENT_ID is missing')
  })

  test('reads whether a second factor is required', () => {
    const isRequired = (env: Record<string, string>) => loadConfig(env).requiresSecondFactor
    expect([isRequired({}), isRequired({ PAIKEA_SECOND_FACTOR: 'required' })]).toEqual([false, true])
    expect(faultsOf({ PAIKEA_SECOND_FACTOR: 'yes' }).message).toContain('must be offered or required')
  })

  test('reads a web push key, and refuses one that is not a P-256 private key', () => {
    const key = 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'
    expect([loadConfig({}).webPushKey, loadConfig({ PAIKEA_WEB_PUSH_KEY: key }).webPushKey]).toEqual([null, key])
    expect(faultsOf({ PAIKEA_WEB_PUSH_KEY: 'short' }).message).toContain(
      'PAIKEA_WEB_PUSH_KEY must be a P-256 private key',
    )
  })

  test("accepts the original's connection string, and refuses SQLite as a read replica", () => {
    const uri = 'mysql+mysqldb://paikea@/paikea?unix_socket=/run/mysqld/mysqld.sock'
    const database = { uri, password: 'x', readUri: null }
    expect(loadConfig({ PAIKEA_DB_URI: uri, PAIKEA_DB_PASS: 'x' }).database).toEqual(database)
    expect(faultsOf({ PAIKEA_DB_READ_URI: 'sqlite:///replica.db' }).faults[0]?.problem).toContain('no replicas')
  })

  test('reads speed limits for all kinds of device, or by kind', () => {
    const knotsOf = (text: string) => loadConfig({ PAIKEA_MAX_KNOTS: text }).beliefRules.maxKnots
    expect(loadConfig({}).beliefRules.maxKnots).toEqual({ buoy: 60, handset: 60, rockstar: 60 })
    expect(knotsOf('12.5')).toEqual({ buoy: 12.5, handset: 12.5, rockstar: 12.5 })
    expect(knotsOf('30, rockstar=600')).toEqual({ buoy: 30, handset: 30, rockstar: 600 })
    for (const text of ['fast', 'plane=3', '0', 'buoy=5000', '60,'])
      expect(faultsOf({ PAIKEA_MAX_KNOTS: text }).faults[0]?.variable).toBe('PAIKEA_MAX_KNOTS')
  })

  test('reads Temporal’s retention in whole hours, and the address of the worker metrics', () => {
    const hoursOf = (text: string) => loadConfig({ PAIKEA_TEMPORAL_RETENTION_HOURS: text }).temporalRetentionHours
    expect(loadConfig({}).temporalRetentionHours).toBe(24)
    expect(loadConfig({ PAIKEA_WORKER_METRICS: '127.0.0.1:9464' }).workerMetricsAddress).toBe('127.0.0.1:9464')
    expect(faultsOf({ PAIKEA_WORKER_METRICS: 'worker' }).faults[0]?.variable).toBe('PAIKEA_WORKER_METRICS')
    expect([hoursOf('1'), hoursOf('72')]).toEqual([1, 72])
    for (const text of ['0', '1.5', '9000', 'a day'])
      expect(faultsOf({ PAIKEA_TEMPORAL_RETENTION_HOURS: text }).faults).toMatchObject([
        { variable: 'PAIKEA_TEMPORAL_RETENTION_HOURS' },
      ])
  })

  test('names every faulty variable in one line, and repeats no value', () => {
    const error = faultsOf({
      PAIKEA_PORT: 'seven-thousand',
      PAIKEA_DB_URI: 'postgres://me:hunter2@example/db',
      ROCKBLOCK_URL: 'ftp://hunter3',
      ROCKBLOCK_USER: 'hunter4',
      PAIKEA_WEBHOOK_SECRET: 'hunter5',
      PAIKEA_PRIVATE_TARGETS: '10.0.0.0/99',
      PAIKEA_LOG_LEVEL: 'hunter6',
    })
    expect(error.faults.map((fault) => fault.variable).toSorted()).toEqual([
      'PAIKEA_DB_URI',
      'PAIKEA_LOG_LEVEL',
      'PAIKEA_PORT',
      'PAIKEA_PRIVATE_TARGETS',
      'PAIKEA_WEBHOOK_SECRET',
      'ROCKBLOCK_PASS',
      'ROCKBLOCK_URL',
    ])
    expect(error.message).not.toMatch(/hunter|seven|99|\n/)
  })

  test('reads the file that PAIKEA_DOTENV names; the process environment takes precedence', () => {
    const path = file('env', 'PAIKEA_PORT=9000\nPAIKEA_HOST=0.0.0.0\nROCKBLOCK_USER=\n')
    const { http } = loadConfig({ PAIKEA_DOTENV: path, PAIKEA_PORT: '9001' })
    expect(http).toMatchObject({ host: '0.0.0.0', port: 9001 })
    expect(loadConfig({ PAIKEA_DOTENV: path, PAIKEA_PORT: '' }).http.port).toBe(8080)
  })

  test('reports a PAIKEA_DOTENV file that cannot be read', () => {
    expect(faultsOf({ PAIKEA_DOTENV: join(folder, 'none') }).faults).toEqual([
      { variable: 'PAIKEA_DOTENV', problem: 'names a file that cannot be read' },
    ])
  })

  test('reads secrets from files, and refuses an unreadable file or a second value', () => {
    const path = file('pass', 'sea and sky\n')
    expect(loadConfig({ PAIKEA_DB_PASS_FILE: path }).database.password).toBe('sea and sky')
    expect(loadConfig({ TEMPORAL_API_KEY_FILE: path }).temporal.connection).toMatchObject({ apiKey: 'sea and sky' })
    expect(faultsOf({ PAIKEA_DB_PASS_FILE: path, PAIKEA_DB_PASS: 'x' }).faults[0]?.variable).toBe('PAIKEA_DB_PASS')
    expect(faultsOf({ CLOUDLOOP_TOKEN_FILE: join(folder, 'none') }).faults[0]?.variable).toBe('CLOUDLOOP_TOKEN_FILE')
  })

  test("reads Temporal's own variables", () => {
    const { temporal } = loadConfig({
      TEMPORAL_ADDRESS: 'example.tmprl.cloud:7233',
      TEMPORAL_NAMESPACE: 'buoys',
      TEMPORAL_API_KEY: 'key',
    })
    expect(temporal.namespace).toBe('buoys')
    expect(temporal.connection).toMatchObject({ address: 'example.tmprl.cloud:7233', apiKey: 'key' })
  })
})

test('describeConfig() lists the variables that are set, and masks secrets', () => {
  const config = loadConfig({
    PAIKEA_DB_URI: 'mysql://me:hunter2@example/db',
    PAIKEA_PORT: '9000',
    ROCKBLOCK_USER: 'crew',
    ROCKBLOCK_PASS: 'hunter2',
    TEMPORAL_API_KEY: 'hunter2',
    TEMPORAL_NAMESPACE: 'buoys',
  })
  expect(describeConfig(config)).toEqual({
    PAIKEA_DB_URI: '(set)',
    PAIKEA_PORT: '9000',
    ROCKBLOCK_USER: 'crew',
    ROCKBLOCK_PASS: '(set)',
    TEMPORAL_API_KEY: '(set)',
    TEMPORAL_NAMESPACE: 'buoys',
  })
})

describe('.env.example', () => {
  test('is what printExample() returns', () => {
    const path = fileURLToPath(new URL('../../../../.env.example', import.meta.url))
    expect(readFileSync(path, 'utf8')).toBe(printExample())
  })

  test('shows only examples that pass their own validation', () => {
    const wrong = Object.entries<Setting>(SETTINGS).filter(
      ([, { schema, example }]) => example !== '' && !schema.safeParse(example).success,
    )
    expect(wrong).toEqual([])
  })
})
