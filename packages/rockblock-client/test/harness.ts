/**
 * `describe` and `it` for test files that run both under Jest (Node) and under `deno test`, and the assertions they use.
 * Under Jest they are its globals; Deno has no nesting, so the titles are joined.
 */
import assert from 'node:assert/strict'

type Body = () => void | Promise<void>
type Register = (title: string, body: Body) => void

interface Runtime {
  readonly Deno?: { readonly test: Register }
  readonly describe?: (title: string, body: () => void) => void
  readonly it?: Register
}

// The one place that looks at what the runtime offers; nothing else in the tests may.
const runtime = globalThis as unknown as Runtime
const titles: string[] = []

export function describe(title: string, body: () => void): void {
  if (runtime.Deno === undefined) {
    runtime.describe?.(title, body)
    return
  }
  titles.push(title)
  body()
  titles.pop()
}

export function it(title: string, body: Body): void {
  if (runtime.Deno === undefined) runtime.it?.(title, body)
  else runtime.Deno.test([...titles, title].join(' › '), body)
}

/** Equal in depth, types included. */
export function equal(actual: unknown, expected: unknown, message?: string): void {
  assert.deepStrictEqual(actual, expected, message)
}

export function ok(claim: boolean, message?: string): asserts claim {
  assert.ok(claim, message)
}

export function match(actual: string, expected: RegExp): void {
  assert.match(actual, expected)
}

export function throws(body: () => unknown, expected: { readonly name: string; readonly message?: RegExp }): void {
  assert.throws(body, expected)
}

export async function rejects(promise: Promise<unknown>, expected: { readonly name: string }): Promise<void> {
  await assert.rejects(promise, expected)
}

/** Equal in the members named; the rest may be anything. */
export function includes(actual: unknown, expected: Readonly<Record<string, unknown>>): void {
  ok(typeof actual === 'object' && actual !== null, 'not an object')
  const members: Record<string, unknown> = { ...(actual as object) }
  equal(Object.fromEntries(Object.keys(expected).map((name) => [name, members[name]])), expected)
}
