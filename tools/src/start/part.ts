/** A running part of the house. */
export interface RunningPart {
  /** The process an operator would look for. */
  readonly pid: number | null
  /** Resolves when it is gone, with how it ended in a few words. */
  readonly ended: Promise<PartEnd>
  /** Asks it to end and waits; after `graceMs` it is killed. */
  stop(graceMs: number): Promise<void>
  /** Ends it at once, without waiting. */
  kill(): void
}

/** How a part ended. */
export interface PartEnd {
  /** `signal SIGKILL`, `code 1` … */
  readonly how: string
  /** The last line it wrote, for the operator. */
  readonly lastLine: string
  /** It said itself that starting it again is useless (a wrong variable, a database of a later version). */
  readonly isFinal: boolean
}

/** One of the processes that `npm start` looks after. */
export interface Part {
  readonly name: string
  readonly logFile: string
  /** Starts it and waits until it is ready to use. @throws StartError when it ends or stays silent instead */
  launch(): Promise<RunningPart>
}

/** Exit code with which our processes say that starting them again is useless (EX_CONFIG of sysexits.h). */
export const FINAL_EXIT_CODE = 78
