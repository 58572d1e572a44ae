/**
 * Parses the records of a CSV file (RFC 4180): fields are separated by commas or semicolons, whichever its first line
 * has more of, and quoted if they contain one.
 *
 * @throws {RangeError} for an unterminated quote
 */
export function* readCsv(text: string): Generator<readonly string[]> {
  const content = text.replace(/^\uFEFF/, '')
  const [firstLine = ''] = content.split('\n', 1)
  const separator = firstLine.split(';').length > firstLine.split(',').length ? ';' : ','
  const isEnd = (char: string | undefined): boolean => char === undefined || char === separator || char === '\n'
  let record: string[] = []
  let at = 0
  while (at < content.length) {
    let field = ''
    if (content[at] === '"') {
      at += 1
      for (;;) {
        const quote = content.indexOf('"', at)
        if (quote === -1) throw new RangeError('a quoted field in the file does not end')
        field += content.slice(at, quote)
        at = quote + 1
        if (content[at] !== '"') break
        field += '"'
        at += 1
      }
    }
    const start = at
    while (!isEnd(content[at])) at += 1
    field += content.slice(start, at)
    record.push(field.replace(/\r$/, '').trim())
    const isLast = content[at] !== separator
    at += 1
    if (!isLast && at < content.length) continue
    if (record.some((value) => value !== '')) yield record
    record = []
  }
}
