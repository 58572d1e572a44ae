import type { WireKind } from '@paikea/firmware/wire'

/** Who speaks: what a device's path says. */
export interface DeviceName {
  readonly kind: WireKind
  readonly iam: string
}

/** A job whose files wait for its device. */
export interface OpenJob {
  readonly id: number
  /** The body of the answer to `metadata`. */
  readonly metadata: string
  /** @param path as devices write it: `./apps/x.py`. @returns `null` for what the release does not hold */
  readFile(path: string): Promise<Uint8Array | null>
}

/** What devices ask for, without their HTTP. Rejects only where the answer cannot be known now (database away, disk). */
export interface DeviceDesk {
  /** Gives a known `iam` back, and a new one to everybody else; two first contacts never share one. */
  register(input: {
    readonly kind: WireKind
    readonly iam: string | null
    readonly address: string | null
  }): Promise<string>
  /** @returns the job to begin with; `null` = nothing to do, or nothing that fits */
  check(
    input: DeviceName & { readonly freeBytes: number | null },
  ): Promise<{ readonly jobId: number | null; readonly isKnown: boolean }>
  /** @returns the device's own open job of that id; `null` when it is withdrawn, done, or another's */
  findJob(input: DeviceName & { readonly jobId: string | null }): Promise<OpenJob | null>
  /** @returns the open job, for the web page's `init` */
  currentJob(input: DeviceName): Promise<number | null>
  /** The device has the whole release in place and restarts. @returns the job's id, where it is one of the device's */
  complete(input: DeviceName & { readonly jobId: string | null; readonly isDone: boolean }): Promise<number | null>
}
