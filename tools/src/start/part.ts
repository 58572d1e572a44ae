/** A running part of the system. */
export interface RunningPart {
  /** The process an operator would look for. */
  readonly pid: number | null
  /** Resolves when it has ended, with a short description of how. */
  readonly ended: Promise<PartEnd>
  /** Asks it to end and waits; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>
  /** Kills it at once, without waiting. */
  kill(): void
}

/** How a part ended. */
export interface PartEnd {
  /** `signal SIGKILL`, `code 1` … */
  readonly how: string
  /** Its last line of output, for the operator. */
  readonly lastLine: string
  /** It declared a restart useless (a wrong variable, a database of a later version). */
  readonly isFinal: boolean
}

/** One of the processes that `npm start` supervises. */
export interface Part {
  readonly name: string
  readonly logFile: string
  /** Starts it and waits until it is ready. @throws StartError if it ends or stays silent instead */
  launch(): Promise<RunningPart>
}

/** Exit code of our processes that declares a restart useless (EX_CONFIG of sysexits.h). */
export const FINAL_EXIT_CODE = 78
