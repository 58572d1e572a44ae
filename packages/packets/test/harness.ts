/** The few words the tests need, under Jest and under Deno alike. Jest has them as globals, Deno has `Deno.test`. */
import assert from 'node:assert/strict'

export { assert }
export { default as fc } from 'fast-check'

type Body = () => void

interface Host {
  readonly describe?: (title: string, body: () => void) => void
  readonly it?: (title: string, body: Body) => void
  readonly Deno?: { test(title: string, body: Body): void }
}

// The property in common lets the compiler see that a global object may be a host, whatever types are loaded.
const host: Host & Pick<typeof globalThis, 'Object'> = globalThis
const titles: string[] = []

export function describe(title: string, body: () => void): void {
  if (host.describe !== undefined) return host.describe(title, body)
  titles.push(title)
  body()
  titles.pop()
}

export function it(title: string, body: Body): void {
  if (host.it !== undefined) return host.it(title, body)
  if (host.Deno === undefined) throw new Error('neither Jest nor Deno')
  host.Deno.test([...titles, title].join(' '), body)
}

/** The bytes of a text, one for each character. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
