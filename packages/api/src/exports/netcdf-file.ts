/**
 * The classic NetCDF format with 64-bit offsets ("CDF-2"): a header, then each variable as one block of big-endian
 * numbers, padded to four bytes. Fixed dimensions only: with a record dimension every byte would take four. Source: the
 * NetCDF Classic Format specification (Unidata), file format version 2.
 */

const DIMENSION = 0x0a
const VARIABLE = 0x0b
const ATTRIBUTE = 0x0c
const TYPE_CODES = { byte: 1, char: 2, int: 4, float: 5, double: 6 } as const
const TYPE_SIZES = { byte: 1, char: 1, int: 4, float: 4, double: 8 } as const
/** How many numbers are byte-swapped at a time. */
const CHUNK = 65_536

/** The number types of the format that are used here. */
export type NcType = keyof typeof TYPE_CODES

/** An attribute: text, or numbers of one type. */
export type NcAttribute = string | { readonly type: Exclude<NcType, 'char'>; readonly values: readonly number[] }

/** A variable over fixed dimensions, outermost first; `values` in that order, in chunks of any length. */
export interface NcVariable {
  readonly name: string
  readonly type: NcType
  readonly dimensions: readonly string[]
  readonly attributes: Readonly<Record<string, NcAttribute>>
  readonly values: Iterable<ArrayLike<number>>
}

/** A whole file. */
export interface NcFile {
  readonly dimensions: Readonly<Record<string, number>>
  readonly attributes: Readonly<Record<string, NcAttribute>>
  readonly variables: readonly NcVariable[]
}

/**
 * Writes a file piece by piece.
 *
 * @throws RangeError if a variable yields more or fewer values than its dimensions allow: the file is then truncated
 */
export function* writeNetCdf(file: NcFile): Generator<Uint8Array> {
  yield headerOf(file)
  for (const variable of file.variables) yield* blockOf(file, variable)
}

function headerOf(file: NcFile): Uint8Array {
  const names = Object.keys(file.dimensions)
  const write = (begins: readonly number[]): Uint8Array => {
    const out = new HeaderWriter()
    out.bytes([0x43, 0x44, 0x46, 2])
    out.int(0)
    out.list(DIMENSION, names.length)
    for (const name of names) {
      out.text(name)
      out.int(file.dimensions[name] ?? 0)
    }
    writeAttributes(out, file.attributes)
    out.list(VARIABLE, file.variables.length)
    for (const [index, variable] of file.variables.entries()) {
      out.text(variable.name)
      out.int(variable.dimensions.length)
      for (const name of variable.dimensions) out.int(names.indexOf(name))
      writeAttributes(out, variable.attributes)
      out.int(TYPE_CODES[variable.type])
      out.int(padded(sizeOf(file, variable)))
      out.long(begins[index] ?? 0)
    }
    return out.end()
  }
  // Offsets have a fixed width, so the header's length does not depend on their values.
  let begin = write([]).length
  const begins = file.variables.map((variable) => {
    const at = begin
    begin += padded(sizeOf(file, variable))
    return at
  })
  return write(begins)
}

function writeAttributes(out: HeaderWriter, attributes: Readonly<Record<string, NcAttribute>>): void {
  const entries = Object.entries(attributes)
  out.list(ATTRIBUTE, entries.length)
  for (const [name, value] of entries) {
    out.text(name)
    if (typeof value === 'string') {
      out.int(TYPE_CODES.char)
      out.text(value)
      continue
    }
    out.int(TYPE_CODES[value.type])
    out.int(value.values.length)
    out.bytes([...encode(value.type, value.values)])
    out.pad()
  }
}

function* blockOf(file: NcFile, variable: NcVariable): Generator<Uint8Array> {
  const wanted = sizeOf(file, variable) / TYPE_SIZES[variable.type]
  let written = 0
  for (const piece of variable.values) {
    for (let start = 0; start < piece.length; start += CHUNK) {
      yield encode(variable.type, piece, start, Math.min(start + CHUNK, piece.length))
    }
    written += piece.length
  }
  if (written !== wanted) throw new RangeError(`${variable.name} has ${written} values, but ${wanted} are declared`)
  const size = sizeOf(file, variable)
  if (padded(size) > size) yield new Uint8Array(padded(size) - size)
}

function encode(type: NcType, values: ArrayLike<number>, start = 0, end = values.length): Uint8Array {
  const size = TYPE_SIZES[type]
  const bytes = new Uint8Array((end - start) * size)
  const view = new DataView(bytes.buffer)
  for (let index = start; index < end; index += 1) {
    const at = (index - start) * size
    const value = values[index] ?? 0
    if (type === 'double') view.setFloat64(at, value)
    else if (type === 'float') view.setFloat32(at, value)
    else if (type === 'int') view.setInt32(at, value)
    else view.setUint8(at, value)
  }
  return bytes
}

function sizeOf(file: NcFile, variable: NcVariable): number {
  const count = variable.dimensions.reduce((product, name) => product * (file.dimensions[name] ?? 0), 1)
  return count * TYPE_SIZES[variable.type]
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4
}

class HeaderWriter {
  readonly #bytes: number[] = []

  bytes(values: readonly number[]): void {
    for (const value of values) this.#bytes.push(value)
  }

  int(value: number): void {
    this.bytes([(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff])
  }

  long(value: number): void {
    this.int(Math.floor(value / 2 ** 32))
    this.int(value % 2 ** 32)
  }

  /** An empty list of any kind is two zeros. */
  list(tag: number, length: number): void {
    this.int(length === 0 ? 0 : tag)
    this.int(length)
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value)
    this.int(encoded.length)
    this.bytes([...encoded])
    this.pad()
  }

  pad(): void {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0)
  }

  end(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}
