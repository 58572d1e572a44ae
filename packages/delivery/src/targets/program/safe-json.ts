/** Queues use XML, which cannot hold U+FFFE and U+FFFF; `JSON.stringify` leaves both as they are. */
const NOT_IN_XML = /[\ufffe\uffff]/g

/** JSON that every queue and parser accepts: characters forbidden in XML are escaped, as control characters always are. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(NOT_IN_XML, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`)
}
