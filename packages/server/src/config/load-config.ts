import { join, resolve } from 'node:path'
import type { BeliefRules } from '@paikea/database'
import { ConfigError, type ConfigFault } from './config-error.ts'
import { type Environment, readEnvironment } from './read-environment.ts'
import { environmentSchema, PAIRS, type ParsedEnvironment } from './settings.ts'
import { loadTemporalConfig, type TemporalConfig } from './temporal-config.ts'

/** Credentials for one of the vendor's services. */
export interface VendorLogin {
  readonly username: string
  readonly password: string
}

/** Where traces go, and which. */
export interface TraceSettings {
  /** Of the collector, with the path for traces. */
  readonly url: string
  /** May contain secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly resource: Readonly<Record<string, string>>
  /** Of the traces that are kept, from 0 to 1. */
  readonly share: number
}

/** The configuration of a Paikea process. */
export interface Config {
  /** Upper case: `DEV`, `PROD` … */
  readonly environment: string
  readonly logLevel: ParsedEnvironment['PAIKEA_LOG_LEVEL']
  /** Absolute. */
  readonly dataFolder: string
  readonly database: {
    readonly uri: string
    readonly password: string | null
    /** A read replica. */
    readonly readUri: string | null
  }
  readonly http: {
    readonly host: string
    /** 0: any free port. */
    readonly port: number
    readonly devicePort: number
    readonly publicUrl: string | null
    /** Address prefix of workflow pages, up to their ids. */
    readonly workflowsUrl: string | null
    /** The operator's own map tiles. */
    readonly tiles: { readonly url: string; readonly attribution: string } | null
    readonly trustedProxies: readonly string[]
    readonly metricsToken: string | null
  }
  /** Where other processes reach this one's device links. */
  readonly relay: { readonly host: string; readonly port: number }
  readonly webhook: {
    /** `null`: the first start generates one and keeps it in the data folder. */
    readonly secret: string | null
    readonly publicKey: string | null
    /** Addresses or CIDR blocks whose deliveries need no secret, during a migration. */
    readonly senders: readonly string[]
  }
  readonly admin: { readonly email: string; readonly password: string } | null
  readonly vendor: {
    readonly rockblock: { readonly login: VendorLogin | null; readonly url: string | null }
    readonly rockcore: { readonly login: VendorLogin | null; readonly url: string | null }
    readonly cloudloop: { readonly token: string | null; readonly url: string | null }
  }
  readonly firmware: {
    readonly repository: string | null
    /** Absolute. */
    readonly base: string
    readonly key: string | null
    readonly token: string | null
    readonly knownHostsFile: string | null
    readonly signersFile: string | null
  }
  readonly privateTargets: readonly string[]
  /** `null`: no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | null
  /** Whether users without a second factor may do nothing but set one up. */
  readonly requiresSecondFactor: boolean
  /** Identity provider for signing in besides e-mail and password; `null`: none. */
  readonly identityProvider: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret: string | null
    readonly name: string
    readonly matchesEmail: boolean
  } | null
  /** Signs push messages to browsers. `null`: one is generated and kept in the data folder. */
  readonly webPushKey: string | null
  /** Which positions are considered possible. */
  readonly beliefRules: BeliefRules
  readonly temporal: TemporalConfig
  /** How many hours a Temporal development server keeps completed workflows. */
  readonly temporalRetentionHours: number
  /** `host:port` of a worker's own metrics; `null`: not served. */
  readonly workerMetricsAddress: string | null
  /** Where traces go; `null`: none are kept. */
  readonly traces: TraceSettings | null
  /** The variables as read, for printing with `describeConfig`; contains secrets. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * Reads and validates the whole environment.
 * @throws {ConfigError} with every fault at once
 */
export function loadConfig(env: Environment): Config {
  const { values, faults: readFaults } = readEnvironment(env)
  const faults: ConfigFault[] = [...readFaults]
  const parsed = environmentSchema.safeParse(values)
  if (!parsed.success)
    for (const issue of parsed.error.issues) faults.push({ variable: String(issue.path[0]), problem: issue.message })
  for (const [one, other] of PAIRS) {
    if (values[one] !== undefined && values[other] === undefined) faults.push(missing(other, one))
    if (values[other] !== undefined && values[one] === undefined) faults.push(missing(one, other))
  }
  if (values['PAIKEA_OIDC_ISSUER'] !== undefined && values['PAIKEA_PUBLIC_URL'] === undefined) {
    faults.push(missing('PAIKEA_PUBLIC_URL', 'PAIKEA_OIDC_ISSUER'))
  }
  const temporal = loadTemporalOrFault(values, faults)
  if (!parsed.success || temporal === null || faults.length > 0) throw new ConfigError(faults)
  return assemble(parsed.data, temporal, values)
}

function missing(variable: string, because: string): ConfigFault {
  return { variable, problem: `is missing although ${because} is set` }
}

function loadTemporalOrFault(values: Readonly<Record<string, string>>, faults: ConfigFault[]): TemporalConfig | null {
  try {
    return loadTemporalConfig(values)
  } catch {
    // The SDK's message may quote the invalid value.
    faults.push({
      variable: 'TEMPORAL_*',
      problem: 'cannot be used: check TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE, TEMPORAL_TLS_…',
    })
    return null
  }
}

function assemble(
  env: ParsedEnvironment,
  temporal: TemporalConfig,
  variables: Readonly<Record<string, string>>,
): Config {
  const dataFolder = resolve(env.PAIKEA_DATA)
  const login = (username: string | undefined, password: string | undefined): VendorLogin | null =>
    username === undefined || password === undefined ? null : { username, password }
  return {
    environment: env.PAIKEA_ENV.toUpperCase(),
    logLevel: env.PAIKEA_LOG_LEVEL,
    dataFolder,
    database: {
      uri: env.PAIKEA_DB_URI ?? defaultDatabaseUri(dataFolder),
      password: env.PAIKEA_DB_PASS ?? null,
      readUri: env.PAIKEA_DB_READ_URI ?? null,
    },
    http: {
      host: env.PAIKEA_HOST,
      port: env.PAIKEA_PORT,
      devicePort: env.PAIKEA_DEVICE_PORT,
      publicUrl: env.PAIKEA_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
      workflowsUrl: workflowsUrl(env.PAIKEA_TEMPORAL_UI_URL, temporal),
      tiles:
        env.PAIKEA_MAP_TILES_URL === undefined
          ? null
          : { url: env.PAIKEA_MAP_TILES_URL, attribution: env.PAIKEA_MAP_ATTRIBUTION ?? '' },
      trustedProxies: env.PAIKEA_TRUSTED_PROXIES,
      metricsToken: env.PAIKEA_METRICS_TOKEN ?? null,
    },
    relay: { host: env.PAIKEA_RELAY_HOST, port: env.PAIKEA_RELAY_PORT },
    webhook: {
      secret: env.PAIKEA_WEBHOOK_SECRET ?? null,
      publicKey: env.PAIKEA_ROCKBLOCK_PUBLIC_KEY ?? null,
      senders: env.PAIKEA_WEBHOOK_SENDERS,
    },
    admin:
      env.PAIKEA_ADMIN_EMAIL === undefined || env.PAIKEA_ADMIN_PASSWORD === undefined
        ? null
        : { email: env.PAIKEA_ADMIN_EMAIL, password: env.PAIKEA_ADMIN_PASSWORD },
    vendor: {
      rockblock: { login: login(env.ROCKBLOCK_USER, env.ROCKBLOCK_PASS), url: env.ROCKBLOCK_URL ?? null },
      rockcore: { login: login(env.ROCKCORE_USER, env.ROCKCORE_PASS), url: env.ROCKCORE_URL ?? null },
      cloudloop: { token: env.CLOUDLOOP_TOKEN ?? null, url: env.CLOUDLOOP_URL ?? null },
    },
    firmware: {
      repository: env.PAIKEA_FIRMWARE_REPO ?? null,
      base: resolve(env.PAIKEA_FIRMWARE_BASE ?? join(dataFolder, 'firmware')),
      key: env.PAIKEA_FIRMWARE_KEY ?? null,
      token: env.PAIKEA_FIRMWARE_TOKEN ?? null,
      knownHostsFile: env.PAIKEA_FIRMWARE_KNOWN_HOSTS ?? null,
      signersFile: env.PAIKEA_FIRMWARE_SIGNERS ?? null,
    },
    privateTargets: env.PAIKEA_PRIVATE_TARGETS,
    mail:
      env.PAIKEA_SMTP_URL === undefined || env.PAIKEA_MAIL_FROM === undefined
        ? null
        : { url: env.PAIKEA_SMTP_URL, from: env.PAIKEA_MAIL_FROM },
    requiresSecondFactor: env.PAIKEA_SECOND_FACTOR === 'required',
    identityProvider:
      env.PAIKEA_OIDC_ISSUER === undefined || env.PAIKEA_OIDC_CLIENT_ID === undefined
        ? null
        : {
            issuer: env.PAIKEA_OIDC_ISSUER,
            clientId: env.PAIKEA_OIDC_CLIENT_ID,
            clientSecret: env.PAIKEA_OIDC_CLIENT_SECRET ?? null,
            name: env.PAIKEA_OIDC_NAME,
            matchesEmail: env.PAIKEA_OIDC_MATCH_EMAIL === 'yes',
          },
    webPushKey: env.PAIKEA_WEB_PUSH_KEY ?? null,
    beliefRules: { maxKnots: env.PAIKEA_MAX_KNOTS },
    temporal,
    temporalRetentionHours: env.PAIKEA_TEMPORAL_RETENTION_HOURS,
    workerMetricsAddress: env.PAIKEA_WORKER_METRICS ?? null,
    traces: tracesOf(env),
    variables,
  }
}

function tracesOf(env: ParsedEnvironment): TraceSettings | null {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined || env.OTEL_SDK_DISABLED === 'true') return null
  const sampler = env.OTEL_TRACES_SAMPLER.replace('parentbased_', '')
  return {
    url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '')}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: env.OTEL_SERVICE_NAME,
    resource: env.OTEL_RESOURCE_ATTRIBUTES,
    share: sampler === 'traceidratio' ? env.OTEL_TRACES_SAMPLER_ARG : sampler === 'always_on' ? 1 : 0,
  }
}

function workflowsUrl(ui: string | undefined, { namespace }: TemporalConfig): string | null {
  return ui === undefined ? null : `${ui.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`
}

/** The embedded database: one file in the data folder. */
export function defaultDatabaseUri(dataFolder: string): string {
  return `sqlite:///${encodeURI(join(resolve(dataFolder), 'paikea.db')).replaceAll('?', '%3F')}`
}
