import { z } from 'zod'
import { knots } from './knots.ts'
import { databaseUri, httpUrl, issuer, networks, port, smtpUrl, tiles } from './parsers.ts'
import { open, schemasOf, secret } from './setting.ts'

const text = z.string().optional()

const SERVICE = {
  PAIKEA_ENV: open(
    z
      .string()
      .regex(/^[A-Za-z]+$/, 'must be a word such as DEV or PROD')
      .default('DEV'),
    'DEV on a desk, PROD where it counts.',
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
    'Folder for everything that lasts: database file, generated secrets. A relative path starts where the program runs; for `npm start` and `npm run paikea` that is the repository.',
    './data',
  ),
}

const DATABASE = {
  PAIKEA_DB_URI: secret(
    databaseUri.optional(),
    'Without it: SQLite, paikea.db in the data folder. Also sqlite:///relative, sqlite:////absolute, mysql://user@host/database, mariadb://…, and the form the original used:',
    'mysql+mysqldb://paikea@/paikea?unix_socket=/run/mysqld/mysqld.sock',
  ),
  PAIKEA_DB_PASS: secret(text, 'Goes before a password in the string.'),
  PAIKEA_DB_READ_URI: secret(
    databaseUri
      .refine((uri) => !uri.startsWith('sqlite'), 'must be a MySQL or MariaDB: SQLite has no replicas')
      .optional(),
    'A replica of that database: exports and older pages of lists are read there while it is less than 5 s behind. PAIKEA_DB_PASS is its password too. None by default.',
    'mysql://paikea@replica.example/paikea',
  ),
}

const ADDRESSES = {
  PAIKEA_HOST: open(
    z.string().default('127.0.0.1'),
    'Where API, web app and webhooks listen. 0.0.0.0: on all interfaces.',
    '127.0.0.1',
  ),
  PAIKEA_PORT: open(port.default(8080), 'Port of API, web app and webhooks.', '8080'),
  PAIKEA_DEVICE_PORT: open(port.default(7777), "Port of the devices' own link (WebSocket), on PAIKEA_HOST.", '7777'),
  PAIKEA_RELAY_HOST: open(
    z.string().default('127.0.0.1'),
    'Where other API processes and workers reach the device links of this one, on a private network: what is sent there is not encrypted. One process over SQLite has no others, and does not listen.',
    '127.0.0.1',
  ),
  PAIKEA_RELAY_PORT: open(port.default(0), 'Its port. 0: any that is free.', '0'),
  PAIKEA_PUBLIC_URL: open(
    httpUrl.optional(),
    'The address people and the vendor see, where a proxy stands in front. It appears in links and in the webhook addresses.',
    'https://paikea.example',
  ),
  PAIKEA_TEMPORAL_UI_URL: open(
    httpUrl.optional(),
    "Address of Temporal's own page: from a message in the web app a link leads to its workflow there. None by default; `npm start` sets it to the page it starts itself.",
    'http://127.0.0.1:8233',
  ),
  PAIKEA_MAP_TILES_URL: open(
    tiles.optional(),
    'Map tiles of your own: pictures (a raster or nautical chart) by an address with {z}, {x} and {y} over our own map, or a .pmtiles file made by `npm run map-tiles` in its place. The page may then ask that host.',
    'https://charts.example/{z}/{x}/{y}.png',
  ),
  PAIKEA_MAP_ATTRIBUTION: open(
    z.string().max(200, 'is too long').optional(),
    'Whom the map names for those tiles.',
    'Charts of the office',
  ),
  PAIKEA_TRUSTED_PROXIES: open(
    networks.default([]),
    'Proxies whose X-Forwarded-For is believed: addresses or CIDR blocks, comma-separated. None by default.',
    '127.0.0.1,::1',
  ),
  PAIKEA_METRICS_TOKEN: secret(
    z.string().min(16, 'must have 16 characters or more').optional(),
    'Bearer token that may read /metrics, 16 characters or more. Without it /metrics is for this machine itself (not through a proxy: whatever comes with X-Forwarded-For or Forwarded) and for system administrators, by log-in or token.',
  ),
}

const WEBHOOKS = {
  PAIKEA_WEBHOOK_SECRET: secret(
    z
      .string()
      .regex(/^[A-Za-z0-9_~.-]{16,200}$/, 'must be 16 to 200 letters, digits, - _ . or ~, as it stands in an address')
      .optional(),
    "Last part of the addresses in the vendor's portal: /rockblock/incoming/SECRET. 16 characters or more. Without it the first start makes one, keeps it in the data folder (webhook-secret.txt) and prints the addresses.",
  ),
  PAIKEA_WEBHOOK_SENDERS: open(
    networks.default([]),
    "While moving in from the original: addresses or CIDR blocks, comma-separated, whose deliveries to /rockblock/incoming need no secret, since the vendor's portals still have the old address. An address proves little: end it after the move. `paikea doctor` and the log remind of it. None by default.",
    '212.71.235.32,109.74.196.135',
  ),
  PAIKEA_ROCKBLOCK_PUBLIC_KEY: open(
    z
      .string()
      .transform((pem) => pem.replaceAll('\\n', '\n'))
      .refine((pem) => pem.includes('-----BEGIN PUBLIC KEY-----'), 'must be a public key in PEM form')
      .optional(),
    'PEM, line breaks as \\n. Without it: the key the vendor publishes for the signatures (JWT) of its webhooks.',
  ),
}

const POSITIONS = {
  PAIKEA_MAX_KNOTS: open(
    knots,
    'Knots beyond which a position is kept and asked about (quality: suspect) until a second one or a person confirms it. One number for all kinds of device, or by kind; both: 60,rockstar=600. Default 60.',
    'buoy=60,handset=60,rockstar=60',
  ),
}

const FIRST_ADMIN = {
  PAIKEA_ADMIN_EMAIL: open(
    z.email('must be an e-mail address').optional(),
    'Made at the first start, where there is no user yet. Without both: admin@paikea.local and a random password, printed once and kept in the data folder (admin-password.txt), readable by its owner only.',
  ),
  PAIKEA_ADMIN_PASSWORD: secret(
    z.string().min(8, 'must have 8 characters or more').max(200, 'is too long').optional(),
    'The password of that account.',
  ),
}

const SENDING = {
  ROCKBLOCK_USER: open(text, "The vendor's log-in for RockBLOCK (messages to modems)."),
  ROCKBLOCK_PASS: secret(text, 'Its password.'),
  ROCKBLOCK_URL: open(
    httpUrl.optional(),
    "Base address of RockBLOCK. Without it: the vendor's; `npm start` sets the simulator's.",
  ),
  ROCKCORE_USER: open(text, "The vendor's log-in for RockSTAR and RockCORE (text messages to RockSTARs)."),
  ROCKCORE_PASS: secret(text, 'Its password.'),
  ROCKCORE_URL: open(httpUrl.optional(), "Base address of RockCORE. Without it: the vendor's."),
  CLOUDLOOP_TOKEN: secret(text, 'Token for Cloudloop.'),
  CLOUDLOOP_URL: open(httpUrl.optional(), "Base address of Cloudloop. Without it: the vendor's."),
  PAIKEA_PRIVATE_TARGETS: open(
    networks.default([]),
    'Private networks that outgoing webhooks may reach all the same: CIDR blocks, comma-separated. None by default.',
    '10.1.2.0/24',
  ),
}

const MAIL = {
  PAIKEA_SMTP_URL: secret(
    smtpUrl.optional(),
    'Mail server for alerts and password links: smtp:// (STARTTLS, needed as soon as there is a password) or smtps://. Without it nobody gets mail.',
    'smtp://paikea:password@mail.example.org:587',
  ),
  PAIKEA_MAIL_FROM: open(
    z
      .string()
      .max(254)
      .regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/, 'must be a sender, as Paikea <paikea@example.org>')
      .optional(),
    'Sender of that mail.',
    'Paikea <paikea@example.org>',
  ),
}

const IDENTITY_PROVIDER = {
  PAIKEA_OIDC_ISSUER: open(
    issuer.optional(),
    'Where people may log in beside e-mail and password, by OpenID Connect: the address that has /.well-known/openid-configuration behind it. Needs PAIKEA_PUBLIC_URL; tell the provider PAIKEA_PUBLIC_URL/v1/session/oidc/callback. Accounts are made here, and roles given here. Off by default.',
    'https://login.example.org/realms/crew',
  ),
  PAIKEA_OIDC_CLIENT_ID: open(text, 'What the provider calls this installation.', 'paikea'),
  PAIKEA_OIDC_CLIENT_SECRET: secret(text, 'The secret it gave for it, where it gave one.'),
  PAIKEA_OIDC_NAME: open(
    z.string().max(60, 'is too long').default('single sign-on'),
    'What people call it; stands on the button of the log-in page.',
    'the harbour office',
  ),
  PAIKEA_OIDC_MATCH_EMAIL: open(
    z.enum(['yes', 'no'], 'must be yes or no').default('no'),
    'yes: whoever comes with an e-mail that the provider has verified gets the account of that e-mail, from then on. Only where the provider is to be believed about e-mails. no: people link their account themselves, once.',
    'no',
  ),
}

const ACCOUNTS = {
  PAIKEA_SECOND_FACTOR: open(
    z.enum(['offered', 'required'], 'must be offered or required').default('offered'),
    'required: whoever logs in by password without a second factor can only set one. It is not asked of programs (tokens), nor of who comes by the identity provider.',
    'offered',
  ),
}

const BROWSERS = {
  PAIKEA_WEB_PUSH_KEY: secret(
    z
      .string()
      .regex(/^[\w-]{43}$/, 'must be a private key of P-256, 32 bytes as base64url')
      .optional(),
    'Signs what browsers are told of alerts (VAPID). Without it one is made and kept in the data folder (web-push-key.txt). Processes on several machines need the same one; with another one every browser has to subscribe again.',
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
    'Folder for the files of releases, shared by all processes. Without it: firmware in the data folder.',
    './data/firmware',
  ),
  PAIKEA_FIRMWARE_KEY: secret(
    text,
    'For SSH: the private, read-only deploy key without a passphrase, or the file that holds it. Without it: the keys `ssh` finds by itself.',
    '/etc/paikea/deploy_key',
  ),
  PAIKEA_FIRMWARE_TOKEN: secret(text, 'For https: a token that may read the repository.'),
  PAIKEA_FIRMWARE_KNOWN_HOSTS: open(
    text,
    "File with the git server's pinned host key, a line of `ssh-keyscan` whose fingerprint was compared. Without it: known_hosts in PAIKEA_FIRMWARE_BASE, then the user's own.",
  ),
  PAIKEA_FIRMWARE_SIGNERS: open(
    text,
    'File of those whose SSH signature on a tag is taken, as ssh-keygen(1) describes it (ALLOWED SIGNERS). A tag that somebody else signed is refused then; an unsigned one is taken and shown as such. Without it signatures are not looked at.',
  ),
}

const WORKFLOWS = {
  PAIKEA_WORKER_METRICS: open(
    z
      .string()
      .regex(
        /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]{2,39}\]):\d{1,5}$/i,
        'must be an address and a port, as 127.0.0.1:9464',
      )
      .optional(),
    "Address and port where Prometheus reads a worker's figures (how long tasks wait and take, slots, pollers), at /metrics. Nobody is asked who they are: an address that only the scraper reaches. None by default.",
    '127.0.0.1:9464',
  ),
  PAIKEA_TEMPORAL_RETENTION_HOURS: open(
    // Temporal itself takes no less than an hour.
    z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number of hours')
      .transform(Number)
      .refine((hours) => hours >= 1 && hours <= 8_760, 'must be from 1 to 8760 hours')
      .default(24),
    'For how many hours the Temporal of `npm start` (or any other development server) keeps workflows that have ended, for looking at them on its page. Its file grows until then. The setting of a cluster is left alone.',
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
} as const

/** The same by their names. */
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
} as const

export const environmentSchema = z.object(schemasOf(SETTINGS))

/** The environment after parsing. */
export type ParsedEnvironment = z.infer<typeof environmentSchema>

/** Variables of which one without the other means nothing. */
export const PAIRS: readonly (readonly [keyof ParsedEnvironment, keyof ParsedEnvironment])[] = [
  ['PAIKEA_ADMIN_EMAIL', 'PAIKEA_ADMIN_PASSWORD'],
  ['PAIKEA_OIDC_ISSUER', 'PAIKEA_OIDC_CLIENT_ID'],
  ['PAIKEA_SMTP_URL', 'PAIKEA_MAIL_FROM'],
  ['ROCKBLOCK_USER', 'ROCKBLOCK_PASS'],
  ['ROCKCORE_USER', 'ROCKCORE_PASS'],
]
