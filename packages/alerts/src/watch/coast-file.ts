import type { LandLines } from '../judge/coast.ts'

/** Where `npm run build` puts the land, relative to the compiled package. */
export const COAST_FILE_NAME = 'coast.bin'

/**
 * Serialises lines: the number of rings, where each begins and the last ends, then the points; in native byte order.
 */
export function writeLines({ starts, points }: LandLines): Uint8Array {
  const head = Uint32Array.of(starts.length - 1, ...starts)
  const bytes = new Uint8Array(head.byteLength + points.byteLength)
  bytes.set(new Uint8Array(head.buffer))
  bytes.set(new Uint8Array(points.buffer, points.byteOffset, points.byteLength), head.byteLength)
  return bytes
}

/** Reads them without copying the points. @throws RangeError if the file is truncated */
export function readLines({ buffer, byteOffset, byteLength }: Uint8Array): LandLines {
  const [rings = 0] = new Uint32Array(buffer, byteOffset, 1)
  const starts = new Uint32Array(buffer, byteOffset + 4, rings + 1)
  const points = new Float32Array(buffer, byteOffset + 4 * (rings + 2), (starts.at(-1) ?? 0) * 2)
  if (points.byteOffset + points.byteLength !== byteOffset + byteLength) throw new RangeError('the file is too long')
  return { starts, points }
}
