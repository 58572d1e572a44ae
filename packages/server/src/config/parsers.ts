import { isIP } from 'node:net'
import { DatabaseUriError, parseDatabaseUri } from '@paikea/database'
import { z } from 'zod'

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number, at most 65535')

export const httpUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}, 'must be a URL that begins with http:// or https://, without user and password')

/** An identity provider's issuer: plain http is allowed only for this machine. */
export const issuer = httpUrl.refine((text) => {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || hostname === 'localhost' || hostname.startsWith('127.')
}, 'must be an https URL')

/** A tile address with `{z}`, `{x}` and `{y}`, or a single file with all tiles. */
export const tiles = httpUrl.refine(
  (text) => ['{z}', '{x}', '{y}'].every((part) => text.includes(part)) || new URL(text).pathname.endsWith('.pmtiles'),
  'must contain {z}, {x} and {y}, or lead to a .pmtiles file',
)

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

/** Addresses or CIDR blocks, comma-separated. */
export const networks = commaList.refine(
  (list) => list.every(isNetwork),
  'must be addresses or CIDR blocks, comma-separated',
)

export const databaseUri = z.string().check((context) => {
  try {
    parseDatabaseUri(context.value)
  } catch (error) {
    if (!(error instanceof DatabaseUriError)) throw error
    context.issues.push({ code: 'custom', message: `cannot be used: ${error.message}`, input: undefined })
  }
})

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** A mail server, with user and password if it requires them. */
export const smtpUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
}, 'must be a URL such as smtp://user:password@mail.example.org:587, or smtps://…')
