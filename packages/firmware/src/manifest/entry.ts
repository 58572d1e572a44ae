/** A file as a commit has it. */
export interface TreeFile {
  /** From the top of the repository, with `/` between folders. */
  readonly path: string
  readonly oid: string
}

/** A file as it is served. */
export interface ManifestFile {
  readonly path: string
  readonly bytes: number
  /** What the device compares, in small hexadecimal letters. */
  readonly sha1: string
  /** What we keep it by and compare. */
  readonly sha256: string
}

/** What a release consists of. */
export interface Manifest {
  /** In the order of their paths. */
  readonly files: readonly ManifestFile[]
  readonly totalBytes: number
  /** Bytes in whole blocks of a device's flash. */
  readonly flashBytes: number
}
