import type { ProblemList } from './problem-list.ts'

// Keys and values together; more than any SBD message (340 bytes), far less than a database row can hold.
const MAX_KEPT = 2048
const NOT_PRINTABLE = /[^\x20-\x7e]/

/** Keeps the fields a decoder does not know. */
export class UnknownFields {
  readonly fields: Record<string, string> = {}
  #kept = 0
  readonly #problems: ProblemList

  constructor(problems: ProblemList) {
    this.#problems = problems
  }

  keep(key: string, value: string): void {
    if (NOT_PRINTABLE.test(key) || NOT_PRINTABLE.test(value)) {
      this.#problems.add(key, 'not-ascii', 'holds bytes that are not printable ASCII', value)
    }
    const size = key.length + value.length
    if (this.#kept + size > MAX_KEPT) {
      this.#problems.add(key, 'not-kept', `unknown fields hold more than ${MAX_KEPT} characters`, value)
      return
    }
    this.#kept += size
    if (Object.hasOwn(this.fields, key)) {
      this.#problems.add(key, 'repeated', 'came before, the last one counts', value)
    }
    // Not an assignment: a device may send any key, and `__proto__` would be lost.
    Object.defineProperty(this.fields, key, { value, enumerable: true, writable: true, configurable: true })
  }
}
