/**
 * PMTiles version 3: a header of 127 bytes, the root directory, metadata, leaf directories, tiles. The root directory
 * must end within the first 16,384 bytes, so that one request fetches it. Source: the PMTiles v3 specification
 * (Protomaps).
 */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { zxyToTileId } from 'pmtiles'

const HEADER_BYTES = 127
const ROOT_LIMIT = 16_384 - HEADER_BYTES
const LEAF_ENTRIES = 4_096
const COMPRESSION_GZIP = 2
const TYPE_MVT = 1

interface Entry {
  readonly tileId: number
  runLength: number
  readonly length: number
  readonly offset: number
}

/** A file's metadata. */
export interface TileSetHeading {
  readonly minZoom: number
  readonly maxZoom: number
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number]
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Collects tiles in any order; identical ones are stored once. */
export class TileSet {
  readonly #tiles: { readonly tileId: number; readonly content: number }[] = []
  readonly #contents: Uint8Array[] = []
  readonly #known = new Map<string, number>()

  /** @param tile uncompressed vector tile */
  add(zoom: number, x: number, y: number, tile: Uint8Array): void {
    const key = createHash('sha256').update(tile).digest('base64')
    let content = this.#known.get(key)
    if (content === undefined) {
      content = this.#contents.push(gzipSync(tile, { level: 9 })) - 1
      this.#known.set(key, content)
    }
    this.#tiles.push({ tileId: zxyToTileId(zoom, x, y), content })
  }

  /** Number of tile addresses. */
  get size(): number {
    return this.#tiles.length
  }

  /** Serialises the whole file. */
  toFile(heading: TileSetHeading): Buffer {
    const entries: Entry[] = []
    const data: Uint8Array[] = []
    const placed = new Map<number, number>()
    let end = 0
    for (const { tileId, content } of this.#tiles.toSorted((one, other) => one.tileId - other.tileId)) {
      const bytes = this.#contents[content] ?? new Uint8Array()
      let offset = placed.get(content)
      if (offset === undefined) {
        offset = end
        placed.set(content, offset)
        data.push(bytes)
        end += bytes.length
      }
      const last = entries.at(-1)
      if (last !== undefined && last.offset === offset && last.tileId + last.runLength === tileId) last.runLength += 1
      else entries.push({ tileId, runLength: 1, length: bytes.length, offset })
    }
    const { root, leaves } = directories(entries)
    const metadata = gzipSync(JSON.stringify(heading.metadata))
    const counts = { addressed: this.#tiles.length, entries: entries.length, contents: data.length }
    const header = headerOf(
      heading,
      { root: root.length, metadata: metadata.length, leaves: leaves.length, data: end },
      counts,
    )
    return Buffer.concat([header, root, metadata, leaves, ...data])
  }
}

function directories(entries: readonly Entry[]): { readonly root: Buffer; readonly leaves: Buffer } {
  const whole = directory(entries)
  if (whole.length <= ROOT_LIMIT) return { root: whole, leaves: Buffer.alloc(0) }
  const leaves: Buffer[] = []
  const pointers: Entry[] = []
  let offset = 0
  for (let start = 0; start < entries.length; start += LEAF_ENTRIES) {
    const leaf = directory(entries.slice(start, start + LEAF_ENTRIES))
    // A run length of 0 points to a leaf.
    pointers.push({ tileId: entries[start]?.tileId ?? 0, runLength: 0, length: leaf.length, offset })
    leaves.push(leaf)
    offset += leaf.length
  }
  return { root: directory(pointers), leaves: Buffer.concat(leaves) }
}

function directory(entries: readonly Entry[]): Buffer {
  const bytes: number[] = []
  varint(bytes, entries.length)
  let before = 0
  for (const { tileId } of entries) {
    varint(bytes, tileId - before)
    before = tileId
  }
  for (const { runLength } of entries) varint(bytes, runLength)
  for (const { length } of entries) varint(bytes, length)
  let expected = -1
  for (const { offset, length } of entries) {
    varint(bytes, offset === expected ? 0 : offset + 1)
    expected = offset + length
  }
  return gzipSync(Uint8Array.from(bytes))
}

function varint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

function headerOf(
  heading: TileSetHeading,
  sizes: { readonly root: number; readonly metadata: number; readonly leaves: number; readonly data: number },
  counts: { readonly addressed: number; readonly entries: number; readonly contents: number },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('PMTiles', 0, 'latin1')
  header.writeUInt8(3, 7)
  let at = 8
  const long = (value: number): void => {
    header.writeBigUInt64LE(BigInt(value), at)
    at += 8
  }
  let offset = HEADER_BYTES
  for (const size of [sizes.root, sizes.metadata, sizes.leaves, sizes.data]) {
    long(offset)
    long(size)
    offset += size
  }
  long(counts.addressed)
  long(counts.entries)
  long(counts.contents)
  const byte = (value: number): void => {
    header.writeUInt8(value, at)
    at += 1
  }
  byte(0)
  byte(COMPRESSION_GZIP)
  byte(COMPRESSION_GZIP)
  byte(TYPE_MVT)
  byte(heading.minZoom)
  byte(heading.maxZoom)
  const [west, south, east, north] = heading.bounds
  const degrees = (value: number): void => {
    header.writeInt32LE(Math.round(value * 1e7), at)
    at += 4
  }
  for (const value of [west, south, east, north]) degrees(value)
  byte(heading.minZoom)
  degrees((west + east) / 2)
  degrees((south + north) / 2)
  return header
}
