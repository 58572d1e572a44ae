/** A file in a commit. */
export interface TreeFile {
  /** From the root of the repository, with `/` between folders. */
  readonly path: string
  readonly oid: string
}

/** A file as it is served. */
export interface ManifestFile {
  readonly path: string
  readonly bytes: number
  /** What the device compares, in lower-case hexadecimal. */
  readonly sha1: string
  /** What we store it under, and compare. */
  readonly sha256: string
}

/** The contents of a release. */
export interface Manifest {
  /** Sorted by path. */
  readonly files: readonly ManifestFile[]
  readonly totalBytes: number
  /** Size in whole blocks of a device's flash. */
  readonly flashBytes: number
}
