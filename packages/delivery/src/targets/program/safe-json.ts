/** XML cannot hold these, which queues are made of: U+FFFE and U+FFFF pass `JSON.stringify` as they are. */
const NOT_IN_XML = /[\ufffe\uffff]/g

/** JSON that every queue and every parser takes: what XML forbids stands as an escape, as do control characters anyway. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(NOT_IN_XML, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`)
}
