import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FirmwareError } from '../failure.ts'

/** Where the firmware is fetched from. */
export type Source =
  | { readonly kind: 'http'; readonly url: string; readonly user: string | null; readonly token: string | null }
  | {
      readonly kind: 'ssh'
      readonly host: string
      readonly user: string | null
      readonly port: number | null
      readonly path: string
    }
  | { readonly kind: 'path'; readonly path: string }

/** `host:path` without a scheme, git's short form of SSH addresses. */
const SCP_FORM = /^(?:([\w.-]+)@)?([A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\]):(?!\/\/)(.+)$/u

/**
 * Parses `PAIKEA_FIRMWARE_REPO`: `https://host/path`, `git@host:path`, `ssh://user@host:port/path`, `file:///path` or a
 * path.
 *
 * @throws {FirmwareError} `repository-address-invalid`; the text itself is not repeated, because it may contain a token
 */
export function parseSource(text: string, token: string | null = null): Source {
  const address = text.trim()
  if (address === '' || /[ \p{Cc}]/u.test(address)) throw invalid('it is empty or contains blanks')
  if (/^https?:\/\//iu.test(address)) return parseHttp(address, token)
  if (/^ssh:\/\//iu.test(address)) return parseSshUrl(address)
  if (/^file:\/\//iu.test(address)) return { kind: 'path', path: fileURLToPath(address) }
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(address)) throw invalid('it is not an https, ssh or file URL, nor a path')
  const scp = isAbsolute(address) || address.startsWith('.') ? null : SCP_FORM.exec(address)
  if (scp === null) return { kind: 'path', path: resolve(address) }
  const [, user = null, host = '', path = ''] = scp
  return { kind: 'ssh', user, host: unbracket(host), port: null, path: checkPath(path) }
}

/** Describes a source to users, without credentials. */
export function describeSource(source: Source): string {
  if (source.kind === 'path') return source.path
  if (source.kind === 'http') return source.url
  const user = source.user === null ? '' : `${source.user}@`
  const port = source.port === null ? '' : `:${source.port}`
  return `ssh://${user}${source.host}${port}/${source.path.replace(/^\//u, '')}`
}

function parseHttp(address: string, token: string | null): Source {
  const url = parseUrl(address)
  const inAddress = url.password === '' ? null : decodeURIComponent(url.password)
  const secret = token ?? inAddress
  const user = url.username === '' ? null : decodeURIComponent(url.username)
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  if (secret !== null && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw invalid('a token is sent over https only')
  }
  return { kind: 'http', url: url.href.replace(/\/+$/u, ''), user, token: secret }
}

function parseSshUrl(address: string): Source {
  const url = parseUrl(address)
  if (url.hostname.startsWith('-')) throw invalid('the host begins with a dash')
  const path = decodeURIComponent(url.pathname)
  return {
    kind: 'ssh',
    user: url.username === '' ? null : decodeURIComponent(url.username),
    host: unbracket(url.hostname),
    port: url.port === '' ? null : Number(url.port),
    // `ssh://host/~user/x` means a home folder, as in git.
    path: checkPath(path.startsWith('/~') ? path.slice(1) : path),
  }
}

function parseUrl(address: string): URL {
  try {
    return new URL(address)
  } catch {
    throw invalid('it cannot be parsed as a URL')
  }
}

function checkPath(path: string): string {
  if (path === '' || path === '/') throw invalid('the path of the repository is missing')
  if (path.startsWith('-')) throw invalid('the path begins with a dash')
  return path
}

function unbracket(host: string): string {
  return host.replace(/^\[|\]$/gu, '')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

function invalid(why: string): FirmwareError {
  return new FirmwareError('repository-address-invalid', 'park', `PAIKEA_FIRMWARE_REPO is not valid: ${why}.`, {
    whatToDo:
      'Set PAIKEA_FIRMWARE_REPO to an https:// or git@host:path address or to a folder, and restart the service.',
  })
}
