import type { WebhookFormat } from '@paikea/rockblock-client'

/** The parts of a delivery's URL. */
export interface WebhookAddress {
  readonly format: WebhookFormat
  /** Secrets presented: in the path, and as `?key=`. */
  readonly secrets: readonly string[]
}

const PATHS: readonly (readonly [string, WebhookFormat])[] = [
  ['/rockblock/incoming', 'rockblock'],
  ['/rockstar/incoming', 'core-push'],
  ['/cloudloop/incoming', 'cloudloop'],
]
/** The address of a format without the secret that follows it. */
export function pathOf(format: WebhookFormat): string {
  return PATHS.find(([, one]) => one === format)?.[0] ?? ''
}

const NO_SECRETS: readonly string[] = []

/**
 * Parses `/rockblock/incoming[/SECRET][/][?key=SECRET]` and its two siblings, with or without doubled slashes; `null`
 * for any other URL.
 */
export function parseWebhookAddress(given: string): WebhookAddress | null {
  const url = given.includes('//') ? withoutDoubledSlashes(given) : given
  for (const [path, format] of PATHS) {
    if (!url.startsWith(path)) continue
    if (url.length === path.length) return { format, secrets: NO_SECRETS }
    const next = url[path.length]
    if (next !== '/' && next !== '?') return null
    return { format, secrets: readSecrets(url.slice(path.length)) }
  }
  return null
}

function readSecrets(rest: string): readonly string[] {
  const question = rest.indexOf('?')
  const path = question === -1 ? rest : rest.slice(0, question)
  const secrets: string[] = []
  // A trailing slash is easily pasted along; a secret that ends in a slash is encoded as %2F.
  const secret = path.replace(/^\//, '').replace(/\/$/, '')
  if (secret !== '') secrets.push(decode(secret))
  if (question !== -1) secrets.push(...new URLSearchParams(rest.slice(question + 1)).getAll('key').slice(0, 2))
  return secrets
}

/**
 * Collapses doubled slashes, which come from joining a base address that ends in a slash with a path; the vendor posts
 * to the address exactly as entered.
 */
function withoutDoubledSlashes(url: string): string {
  const question = url.indexOf('?')
  const path = question === -1 ? url : url.slice(0, question)
  return path.replace(/\/{2,}/g, '/') + url.slice(path.length)
}

/** A stray `%` in the URL must not throw: the secret is then simply wrong. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
