import { isIP } from 'node:net'
import { DatabaseUriError, parseDatabaseUri } from '@paikea/database'
import { z } from 'zod'
import { knots } from './knots.ts'

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number, at most 65535')

const httpUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}, 'must be an address that begins with http:// or https://, without user and password')

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const networks = commaList.refine((list) => list.every(isNetwork), 'must be addresses or CIDR blocks, comma-separated')

const databaseUri = z.string().check((context) => {
  try {
    parseDatabaseUri(context.value)
  } catch (error) {
    if (!(error instanceof DatabaseUriError)) throw error
    context.issues.push({ code: 'custom', message: `cannot be used: ${error.message}`, input: undefined })
  }
})

/** What each variable must look like; the messages continue a sentence that begins with the variable's name. */
export const environmentSchema = z.object({
  PAIKEA_ENV: z
    .string()
    .regex(/^[A-Za-z]+$/, 'must be a word such as DEV or PROD')
    .default('DEV'),
  PAIKEA_LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug or trace',
    )
    .default('info'),
  PAIKEA_DATA: z.string().default('./data'),
  PAIKEA_DB_URI: databaseUri.optional(),
  PAIKEA_DB_PASS: z.string().optional(),
  PAIKEA_HOST: z.string().default('127.0.0.1'),
  PAIKEA_PORT: port.default(8080),
  PAIKEA_DEVICE_PORT: port.default(7777),
  PAIKEA_RELAY_HOST: z.string().default('127.0.0.1'),
  PAIKEA_RELAY_PORT: port.default(0),
  PAIKEA_PUBLIC_URL: httpUrl.optional(),
  PAIKEA_TRUSTED_PROXIES: networks.default([]),
  PAIKEA_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_~.-]{16,200}$/, 'must be 16 to 200 letters, digits, - _ . or ~, as it stands in an address')
    .optional(),
  PAIKEA_WEBHOOK_SENDERS: networks.default([]),
  PAIKEA_ROCKBLOCK_PUBLIC_KEY: z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine((text) => text.includes('-----BEGIN PUBLIC KEY-----'), 'must be a public key in PEM form')
    .optional(),
  PAIKEA_METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  PAIKEA_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  PAIKEA_ADMIN_PASSWORD: z.string().min(8, 'must have 8 characters or more').max(200, 'is too long').optional(),
  PAIKEA_PRIVATE_TARGETS: networks.default([]),
  PAIKEA_MAX_KNOTS: knots,
  PAIKEA_FIRMWARE_REPO: z.string().optional(),
  PAIKEA_FIRMWARE_BASE: z.string().optional(),
  PAIKEA_FIRMWARE_KEY: z.string().optional(),
  PAIKEA_FIRMWARE_TOKEN: z.string().optional(),
  PAIKEA_FIRMWARE_KNOWN_HOSTS: z.string().optional(),
  PAIKEA_FIRMWARE_SIGNERS: z.string().optional(),
  ROCKBLOCK_USER: z.string().optional(),
  ROCKBLOCK_PASS: z.string().optional(),
  ROCKBLOCK_URL: httpUrl.optional(),
  ROCKCORE_USER: z.string().optional(),
  ROCKCORE_PASS: z.string().optional(),
  ROCKCORE_URL: httpUrl.optional(),
  CLOUDLOOP_TOKEN: z.string().optional(),
  CLOUDLOOP_URL: httpUrl.optional(),
})

/** The environment after parsing. */
export type ParsedEnvironment = z.infer<typeof environmentSchema>

/** Variables of which one without the other means nothing. */
export const pairs: readonly (readonly [keyof ParsedEnvironment, keyof ParsedEnvironment])[] = [
  ['PAIKEA_ADMIN_EMAIL', 'PAIKEA_ADMIN_PASSWORD'],
  ['ROCKBLOCK_USER', 'ROCKBLOCK_PASS'],
  ['ROCKCORE_USER', 'ROCKCORE_PASS'],
]

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
