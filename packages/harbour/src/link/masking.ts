/**
 * Wi-Fi passwords go to the device and nowhere else: they are masked where a command is shown or recorded, and where
 * the device repeats one, in its echo of a malformed frame or in an error text.
 */
import type { DeviceCommand } from './commands.ts'

/** Replaces a secret. */
export const MASK = '********'

const PASSWORD_COMMAND = /(?:test|store)_new_sta/u
const SECRET_KEY = /pass(?:word|wd|phrase)?$|psk$|pwd$|secret|^key$/iu
const MAY_HOLD_SECRET = /new_sta|pass|psk|pwd|secret|"key"/iu
/** Shorter secrets are masked only as whole values: within texts they would match everywhere. */
const LEAST_LITERAL = 4
const MAX_SECRETS = 16

/** The command as users may see it. */
export function maskCommand({ verb, name, args }: DeviceCommand): readonly [string, string, readonly string[]] {
  const isSecret = PASSWORD_COMMAND.test(name)
  return [verb, name, args.map((arg, i) => (isSecret && i > 0 && arg !== '' ? MASK : arg))]
}

/** Masks what a device sends. */
export interface Masker {
  /** Remembers the password of a command to the device. */
  learn(command: DeviceCommand): void
  /** @param json the frame's value, if it is JSON. @returns the frame's text, masked */
  mask(text: string, json: { readonly value: unknown } | null): string
}

/** Create one per device; it outlives the link, since a device may repeat a password on its next one. */
export function createMasker(): Masker {
  const secrets: string[] = []

  function maskText(text: string): string {
    let masked = text
    for (const secret of secrets) {
      if (masked === secret) return MASK
      if (secret.length < LEAST_LITERAL) {
        for (const quote of ['"', "'"]) masked = masked.replaceAll(quote + secret + quote, quote + MASK + quote)
        continue
      }
      for (const form of formsOf(secret)) masked = masked.replaceAll(form, MASK)
    }
    // The command's name may be followed by its arguments, in whatever form the device writes them.
    return masked.replace(/((?:test|store)_new_sta)([^]*)$/u, (all, name: string, rest: string) =>
      /["'[]/u.test(rest) ? `${name} ${MASK}` : all,
    )
  }

  function maskValue(value: unknown, isSecret: boolean): unknown {
    if (typeof value === 'string') return isSecret && value !== '' ? MASK : maskText(value)
    if (typeof value === 'number') return isSecret || secrets.includes(String(value)) ? MASK : value
    if (Array.isArray(value)) {
      let isBehind = isSecret
      return value.map((each: unknown) => {
        const masked = maskValue(each, isBehind)
        if (typeof each === 'string' && PASSWORD_COMMAND.test(each)) isBehind = true
        return masked
      })
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [maskText(key), maskValue(each, isSecret || SECRET_KEY.test(key))]),
      )
    }
    return value
  }

  return {
    learn({ name, args }) {
      const [, password] = args
      if (!PASSWORD_COMMAND.test(name) || password === undefined || password === '') return
      const at = secrets.indexOf(password)
      if (at >= 0) secrets.splice(at, 1)
      secrets.push(password)
      if (secrets.length > MAX_SECRETS) secrets.shift()
    },
    mask(text, json) {
      if (secrets.length === 0 && !MAY_HOLD_SECRET.test(text)) return text
      if (json === null) return maskText(text)
      const masked = JSON.stringify(maskValue(json.value, false))
      return masked === JSON.stringify(json.value) ? text : masked
    },
  }
}

/** Its plain form, and as quoted by JSON and by Python. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replace(/[\u0080-\uffff]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const python = secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  return [...new Set([secret, json, ascii, python, JSON.stringify(json).slice(1, -1)])].toSorted(
    (a, b) => b.length - a.length,
  )
}
