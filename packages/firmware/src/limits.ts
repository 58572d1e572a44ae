/** Limits on what is fetched and served. */
export interface FirmwareLimits {
  /** Size of the pack a server sends, in bytes. @default 50 MiB */
  readonly packBytes: number
  /** Size of one file, in bytes. @default 4 MiB */
  readonly fileBytes: number
  /** Total size of a release's files, in bytes. @default 16 MiB */
  readonly totalBytes: number
  /** Files per release. @default 2000 */
  readonly files: number
  /** Length of a path as the device sees it, in UTF-8 bytes. @default 255 */
  readonly pathBytes: number
  /** Branches and tags a server may list. @default 20000 */
  readonly refs: number
  /** Once it accepts the connection, a server must respond within this time. @default 20 s */
  readonly connectMs: number
  /** A transfer stalled for longer is aborted. @default 60 s */
  readonly idleMs: number
  /** Time limit for a whole fetch. @default 15 min */
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
