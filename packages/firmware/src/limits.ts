/** Bounds on what is fetched and served. */
export interface FirmwareLimits {
  /** Bytes of the pack a server sends. @default 50 MiB */
  readonly packBytes: number
  /** Bytes of one file. @default 4 MiB */
  readonly fileBytes: number
  /** Bytes of all files of a release. @default 16 MiB */
  readonly totalBytes: number
  /** Files of a release. @default 2000 */
  readonly files: number
  /** Bytes of a path in UTF-8, as the device sees it. @default 255 */
  readonly pathBytes: number
  /** Branches and tags a server may list. @default 20000 */
  readonly refs: number
  /** A server that takes the connection has to say something within this time. @default 20 s */
  readonly connectMs: number
  /** A transfer that stands still for longer is given up. @default 60 s */
  readonly idleMs: number
  /** Bound on a whole fetch. @default 15 min */
  readonly totalMs: number
}

/** A device's flash is 2 to 16 MiB; the published firmware takes half of one. */
export const DEFAULT_LIMITS: FirmwareLimits = {
  packBytes: 50 * 1024 * 1024,
  fileBytes: 4 * 1024 * 1024,
  totalBytes: 16 * 1024 * 1024,
  files: 2000,
  pathBytes: 255,
  refs: 20_000,
  connectMs: 20_000,
  idleMs: 60_000,
  totalMs: 15 * 60_000,
}
