import type { WireKind } from '@paikea/firmware/wire'

/** The device, as named by its path. */
export interface DeviceName {
  readonly kind: WireKind
  readonly iam: string
}

/** A job whose files are ready for its device. */
export interface OpenJob {
  readonly id: number
  /** Body of the response to `metadata`. */
  readonly metadata: string
  /** @param path as devices write it: `./apps/x.py`. @returns `null` if the release has no such file */
  readFile(path: string): Promise<Uint8Array | null>
}

/**
 * What devices ask for, independent of HTTP. Rejects only if the answer cannot be determined now (database unavailable,
 * disk error).
 */
export interface DeviceDesk {
  /** Confirms a known `iam`, and assigns a new one to any other device; two first contacts never get the same. */
  register(input: {
    readonly kind: WireKind
    readonly iam: string | null
    readonly address: string | null
  }): Promise<string>
  /** @returns the job to start with; `null`: nothing to do, or nothing that fits */
  check(
    input: DeviceName & { readonly freeBytes: number | null },
  ): Promise<{ readonly jobId: number | null; readonly isKnown: boolean }>
  /** @returns the device's own open job with that id; `null` if it is withdrawn, done, or another device's */
  findJob(input: DeviceName & { readonly jobId: string | null }): Promise<OpenJob | null>
  /** @returns the open job, for the web page's `init` */
  currentJob(input: DeviceName): Promise<number | null>
  /** The device has installed the whole release and restarts. @returns the job's id, if it is one of the device's */
  complete(input: DeviceName & { readonly jobId: string | null; readonly isDone: boolean }): Promise<number | null>
}
