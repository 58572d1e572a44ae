import { WIRE_STATUS } from './status.ts'

/** What goes back to a device. `file` bodies are counted by their length alone: the device ignores the status there. */
export interface WireAnswer {
  readonly status: 200 | 400 | 404 | 405 | 408 | 411 | 413 | 429 | 500 | 503
  readonly contentType: 'application/json' | 'application/octet-stream' | 'text/plain'
  readonly body: Uint8Array
}

/** A JSON answer. */
export function jsonAnswer(value: unknown, status: WireAnswer['status'] = 200): WireAnswer {
  return textAnswer(JSON.stringify(value), status)
}

/** A JSON answer that is written already. */
export function textAnswer(json: string, status: WireAnswer['status'] = 200): WireAnswer {
  return { status, contentType: 'application/json', body: Buffer.from(json) }
}

/** `check` with nothing to do: the run ends, and what an earlier one left behind is deleted. */
export function nothingToDo(): WireAnswer {
  return jsonAnswer({ job_id: 0, status: WIRE_STATUS.NONE })
}

/** `check` and `status` with a job whose files wait. */
export function filesWait(jobId: number): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.READY })
}

/** `init` of the web page. */
export function jobStands(jobId: number): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.INIT })
}

/** `complete`: the device restarts whatever it says, but waits for it. */
export function thanks(jobId: number | null): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.SUCCESS })
}

/** `status` and `metadata` of a job that is withdrawn or not the device's: it restarts into its service mode. */
export function jobWithdrawn(): WireAnswer {
  return jsonAnswer({ error: 'This job is not open.' }, 404)
}

/** `get_file` of something that is not there: no byte, so that nothing of ours becomes a file on the device. */
export function noFile(): WireAnswer {
  return { status: 404, contentType: 'application/octet-stream', body: new Uint8Array(0) }
}
