/** XML cannot hold these, which queues are made of: U+FFFE and U+FFFF pass `JSON.stringify` as they are. */
const NOT_IN_XML = /[\ufffe\uffff]/g

/** JSON that every queue and parser accepts: characters forbidden in XML are escaped, as control characters always are. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(NOT_IN_XML, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`)
}
