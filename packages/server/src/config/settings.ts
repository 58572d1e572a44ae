import { z } from 'zod'
import { knots } from './knots.ts'
import { databaseUri, httpUrl, issuer, networks, port, smtpUrl, tiles } from './parsers.ts'
import { open, schemasOf, secret } from './setting.ts'
import { TRACES } from './trace-settings.ts'

const text = z.string().optional()

const SERVICE = {
  PAIKEA_ENV: open(
    z
      .string()
      .regex(/^[A-Za-z]+$/, 'must be a word such as DEV or PROD')
      .default('DEV'),
    'DEV for development, PROD for production.',
    'DEV',
  ),
  PAIKEA_LOG_LEVEL: open(
    z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'must be fatal, error, warn, info, debug or trace',
      )
      .default('info'),
    'fatal, error, warn, info, debug or trace.',
    'info',
  ),
  PAIKEA_DATA: open(
    z.string().default('./data'),
    'Folder for all persistent data: database file, generated secrets. A relative path is relative to the working directory, which for `npm start` and `npm run paikea` is the repository.',
    './data',
  ),
}

const DATABASE = {
  PAIKEA_DB_URI: secret(
    databaseUri.optional(),
    'Default: SQLite, paikea.db in the data folder. Also sqlite:///relative, sqlite:////absolute, mysql://user@host/database, mariadb://…, and the form the original used:',
    'mysql+mysqldb://paikea@/paikea?unix_socket=/run/mysqld/mysqld.sock',
  ),
  PAIKEA_DB_PASS: secret(text, 'Takes precedence over a password in the string.'),
  PAIKEA_DB_READ_URI: secret(
    databaseUri
      .refine((uri) => !uri.startsWith('sqlite'), 'must be a MySQL or MariaDB: SQLite has no replicas')
      .optional(),
    'A replica of that database: serves exports and older pages of lists while it is less than 5 s behind. PAIKEA_DB_PASS is its password too. None by default.',
    'mysql://paikea@replica.example/paikea',
  ),
}

const ADDRESSES = {
  PAIKEA_HOST: open(
    z.string().default('127.0.0.1'),
    'Address that API, web app and webhooks listen on. 0.0.0.0: all interfaces.',
    '127.0.0.1',
  ),
  PAIKEA_PORT: open(port.default(8080), 'Port of API, web app and webhooks.', '8080'),
  PAIKEA_DEVICE_PORT: open(port.default(7777), "Port of the devices' own link (WebSocket), on PAIKEA_HOST.", '7777'),
  PAIKEA_RELAY_HOST: open(
    z.string().default('127.0.0.1'),
    'Address at which other API processes and workers reach the device links of this process. Use a private network: the traffic is not encrypted. A single process on SQLite does not listen.',
    '127.0.0.1',
  ),
  PAIKEA_RELAY_PORT: open(port.default(0), 'Its port. 0: any that is free.', '0'),
  PAIKEA_PUBLIC_URL: open(
    httpUrl.optional(),
    'The URL that users and the vendor see, if there is a proxy in front. It appears in links and in the webhook URLs.',
    'https://paikea.example',
  ),
  PAIKEA_TEMPORAL_UI_URL: open(
    httpUrl.optional(),
    "URL of Temporal's UI, so that a message in the web app can link to its workflow. None by default; `npm start` sets it to the UI that it starts.",
    'http://127.0.0.1:8233',
  ),
  PAIKEA_MAP_TILES_URL: open(
    tiles.optional(),
    'Your own map tiles: a URL with {z}, {x} and {y} for images (a raster or nautical chart) over the built-in map, or a .pmtiles file made by `npm run map-tiles` that replaces it. The page may then contact that host.',
    'https://charts.example/{z}/{x}/{y}.png',
  ),
  PAIKEA_MAP_ATTRIBUTION: open(
    z.string().max(200, 'is too long').optional(),
    'Attribution for those tiles on the map.',
    'Charts of the office',
  ),
  PAIKEA_TRUSTED_PROXIES: open(
    networks.default([]),
    'Proxies whose X-Forwarded-For is trusted: addresses or CIDR blocks, comma-separated. None by default.',
    '127.0.0.1,::1',
  ),
  PAIKEA_METRICS_TOKEN: secret(
    z.string().min(16, 'must have 16 characters or more').optional(),
    'Bearer token that may read /metrics, 16 characters or more. Without it, only this machine itself (not through a proxy, that is without X-Forwarded-For or Forwarded) and system administrators, by log-in or token, may read /metrics.',
  ),
}

const WEBHOOKS = {
  PAIKEA_WEBHOOK_SECRET: secret(
    z
      .string()
      .regex(/^[A-Za-z0-9_~.-]{16,200}$/, 'must be 16 to 200 letters, digits, - _ . or ~, because it is part of a URL')
      .optional(),
    "Last part of the URLs in the vendor's portal: /rockblock/incoming/SECRET. 16 characters or more. Without it, the first start generates one, stores it in the data folder (webhook-secret.txt) and prints the URLs.",
  ),
  PAIKEA_WEBHOOK_SENDERS: open(
    networks.default([]),
    "During the migration from the original: addresses or CIDR blocks, comma-separated, whose deliveries to /rockblock/incoming need no secret, because the vendor's portals still have the old URL. An address is weak proof: remove it afterwards. `paikea doctor` and the log remind you. None by default.",
    '212.71.235.32,109.74.196.135',
  ),
  PAIKEA_ROCKBLOCK_PUBLIC_KEY: open(
    z
      .string()
      .transform((pem) => pem.replaceAll('\\n', '\n'))
      .refine((pem) => pem.includes('-----BEGIN PUBLIC KEY-----'), 'must be a public key in PEM form')
      .optional(),
    'PEM, line breaks as \\n. Default: the key that the vendor publishes for the signatures (JWT) of its webhooks.',
  ),
}

const POSITIONS = {
  PAIKEA_MAX_KNOTS: open(
    knots,
    'Speed in knots above which a position is suspect (quality: suspect) until a second one or a person confirms it. One number for all kinds of device, or by kind; both: 60,rockstar=600. Default 60.',
    'buoy=60,handset=60,rockstar=60',
  ),
}

const FIRST_ADMIN = {
  PAIKEA_ADMIN_EMAIL: open(
    z.email('must be an e-mail address').optional(),
    'Account created at the first start, if there is no user yet. Without both: admin@paikea.local and a random password, printed once and stored in the data folder (admin-password.txt), readable only by its owner.',
  ),
  PAIKEA_ADMIN_PASSWORD: secret(
    z.string().min(8, 'must have 8 characters or more').max(200, 'is too long').optional(),
    'The password of that account.',
  ),
}

const SENDING = {
  ROCKBLOCK_USER: open(text, 'Credentials with the vendor for RockBLOCK (messages to modems).'),
  ROCKBLOCK_PASS: secret(text, 'Its password.'),
  ROCKBLOCK_URL: open(
    httpUrl.optional(),
    "Base URL of RockBLOCK. Default: the vendor's; `npm start` sets the simulator's.",
  ),
  ROCKCORE_USER: open(text, 'Credentials with the vendor for RockSTAR and RockCORE (text messages to RockSTARs).'),
  ROCKCORE_PASS: secret(text, 'Its password.'),
  ROCKCORE_URL: open(httpUrl.optional(), "Base URL of RockCORE. Default: the vendor's."),
  CLOUDLOOP_TOKEN: secret(text, 'Token for Cloudloop.'),
  CLOUDLOOP_URL: open(httpUrl.optional(), "Base URL of Cloudloop. Default: the vendor's."),
  PAIKEA_PRIVATE_TARGETS: open(
    networks.default([]),
    'Private networks that outgoing webhooks may reach: CIDR blocks, comma-separated. None by default.',
    '10.1.2.0/24',
  ),
}

const MAIL = {
  PAIKEA_SMTP_URL: secret(
    smtpUrl.optional(),
    'Mail server for alerts and password links: smtp:// (STARTTLS, required with a password) or smtps://. Without it, no mail is sent.',
    'smtp://paikea:password@mail.example.org:587',
  ),
  PAIKEA_MAIL_FROM: open(
    z
      .string()
      .max(254)
      .regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/, 'must be a sender such as Paikea <paikea@example.org>')
      .optional(),
    'Sender of that mail.',
    'Paikea <paikea@example.org>',
  ),
}

const IDENTITY_PROVIDER = {
  PAIKEA_OIDC_ISSUER: open(
    issuer.optional(),
    'OpenID Connect provider for log-ins, in addition to e-mail and password: the URL below which /.well-known/openid-configuration is. Needs PAIKEA_PUBLIC_URL; register PAIKEA_PUBLIC_URL/v1/session/oidc/callback with the provider. Accounts and roles are managed here. Off by default.',
    'https://login.example.org/realms/crew',
  ),
  PAIKEA_OIDC_CLIENT_ID: open(text, 'Client id of this installation at the provider.', 'paikea'),
  PAIKEA_OIDC_CLIENT_SECRET: secret(text, 'Client secret, if the provider issued one.'),
  PAIKEA_OIDC_NAME: open(
    z.string().max(60, 'is too long').default('single sign-on'),
    'Its name for people, shown on the button of the log-in page.',
    'the harbour office',
  ),
  PAIKEA_OIDC_MATCH_EMAIL: open(
    z.enum(['yes', 'no'], 'must be yes or no').default('no'),
    'yes: an e-mail address verified by the provider opens the account with that address, from then on. Use it only if you trust the addresses from the provider. no: users link their account themselves, once.',
    'no',
  ),
}

const ACCOUNTS = {
  PAIKEA_SECOND_FACTOR: open(
    z.enum(['offered', 'required'], 'must be offered or required').default('offered'),
    'required: users who log in with a password but without a second factor can only set one up. It does not apply to programs (tokens) or to log-ins through the identity provider.',
    'offered',
  ),
}

const BROWSERS = {
  PAIKEA_WEB_PUSH_KEY: secret(
    z
      .string()
      .regex(/^[\w-]{43}$/, 'must be a P-256 private key, 32 bytes as base64url')
      .optional(),
    'Key that signs alert notifications to browsers (VAPID). Without it, one is generated and stored in the data folder (web-push-key.txt). Processes on several machines must share it; if it changes, every browser has to subscribe again.',
  ),
}

const FIRMWARE = {
  PAIKEA_FIRMWARE_REPO: secret(
    text,
    "Git repository of the devices' firmware: https://host/path, git@host:path, ssh://user@host:port/path, or a folder.",
    'git@github.com:organisation/firmware.git',
  ),
  PAIKEA_FIRMWARE_BASE: open(
    text,
    'Folder for release files, shared by all processes. Default: firmware in the data folder.',
    './data/firmware',
  ),
  PAIKEA_FIRMWARE_KEY: secret(
    text,
    'For SSH: the private key of a read-only deploy key, without a passphrase, or the file that contains it. Default: the keys that `ssh` finds.',
    '/etc/paikea/deploy_key',
  ),
  PAIKEA_FIRMWARE_TOKEN: secret(text, 'For https: a token that may read the repository.'),
  PAIKEA_FIRMWARE_KNOWN_HOSTS: open(
    text,
    "File with the git server's pinned host key: a line of `ssh-keyscan` whose fingerprint you have compared. Default: known_hosts in PAIKEA_FIRMWARE_BASE, then the user's own.",
  ),
  PAIKEA_FIRMWARE_SIGNERS: open(
    text,
    'File of allowed signers of tags by SSH, in the format of ssh-keygen(1) (ALLOWED SIGNERS). A tag signed by anyone else is then refused; an unsigned one is accepted and shown as unsigned. Without it, signatures are not checked.',
  ),
}

const WORKFLOWS = {
  PAIKEA_WORKER_METRICS: open(
    z
      .string()
      .regex(
        /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]{2,39}\]):\d{1,5}$/i,
        'must be an address and a port such as 127.0.0.1:9464',
      )
      .optional(),
    "Address and port of a worker's Prometheus metrics (task latencies, slots, pollers), at /metrics. There is no authentication: use an address that only the scraper can reach. None by default.",
    '127.0.0.1:9464',
  ),
  PAIKEA_TEMPORAL_RETENTION_HOURS: open(
    // Temporal itself allows no less than an hour.
    z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number of hours')
      .transform(Number)
      .refine((hours) => hours >= 1 && hours <= 8_760, 'must be from 1 to 8760 hours')
      .default(24),
    'Hours for which the Temporal of `npm start` (or any other development server) retains completed workflows, visible in its UI. Its file grows until then. The setting of a cluster is left alone.',
    '24',
  ),
}

/** Every variable Paikea reads, except Temporal's and Amazon's own, under the headings of `.env.example`. */
export const SECTIONS = {
  Service: SERVICE,
  Database: DATABASE,
  Addresses: ADDRESSES,
  "The vendor's webhooks": WEBHOOKS,
  Positions: POSITIONS,
  'The first administrator': FIRST_ADMIN,
  Sending: SENDING,
  Accounts: ACCOUNTS,
  'An identity provider': IDENTITY_PROVIDER,
  Mail: MAIL,
  Browsers: BROWSERS,
  Firmware: FIRMWARE,
  Workflows: WORKFLOWS,
  'Traces (OpenTelemetry)': TRACES,
} as const

/** The same, by name. */
export const SETTINGS = {
  ...SERVICE,
  ...DATABASE,
  ...ADDRESSES,
  ...WEBHOOKS,
  ...POSITIONS,
  ...FIRST_ADMIN,
  ...SENDING,
  ...ACCOUNTS,
  ...IDENTITY_PROVIDER,
  ...MAIL,
  ...BROWSERS,
  ...FIRMWARE,
  ...WORKFLOWS,
  ...TRACES,
} as const

export const environmentSchema = z.object(schemasOf(SETTINGS))

/** The environment after parsing. */
export type ParsedEnvironment = z.infer<typeof environmentSchema>

/** Variables that are meaningless without each other. */
export const PAIRS: readonly (readonly [keyof ParsedEnvironment, keyof ParsedEnvironment])[] = [
  ['PAIKEA_ADMIN_EMAIL', 'PAIKEA_ADMIN_PASSWORD'],
  ['PAIKEA_OIDC_ISSUER', 'PAIKEA_OIDC_CLIENT_ID'],
  ['PAIKEA_SMTP_URL', 'PAIKEA_MAIL_FROM'],
  ['ROCKBLOCK_USER', 'ROCKBLOCK_PASS'],
  ['ROCKCORE_USER', 'ROCKCORE_PASS'],
]
