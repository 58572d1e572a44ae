import { WIRE_STATUS } from './status.ts'

/** A response to a device. `file` bodies are judged by their length alone: the device ignores their status. */
export interface WireAnswer {
  readonly status: 200 | 400 | 404 | 405 | 408 | 411 | 413 | 429 | 500 | 503
  readonly contentType: 'application/json' | 'application/octet-stream' | 'text/plain'
  readonly body: Uint8Array
}

/** A JSON answer. */
export function jsonAnswer(value: unknown, status: WireAnswer['status'] = 200): WireAnswer {
  return textAnswer(JSON.stringify(value), status)
}

/** A JSON response that is already serialised. */
export function textAnswer(json: string, status: WireAnswer['status'] = 200): WireAnswer {
  return { status, contentType: 'application/json', body: Buffer.from(json) }
}

/** `check` with nothing to do: the run ends, and the device deletes leftovers of an earlier one. */
export function nothingToDo(): WireAnswer {
  return jsonAnswer({ job_id: 0, status: WIRE_STATUS.NONE })
}

/** `check` and `status` with a job whose files are ready. */
export function filesWait(jobId: number): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.READY })
}

/** `init` of the web page. */
export function jobStands(jobId: number): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.INIT })
}

/** `complete`: the device restarts whatever the response, but does wait for it. */
export function thanks(jobId: number | null): WireAnswer {
  return jsonAnswer({ job_id: jobId, status: WIRE_STATUS.SUCCESS })
}

/** `status` and `metadata` of a job that is withdrawn or not the device's: it restarts into its service mode. */
export function jobWithdrawn(): WireAnswer {
  return jsonAnswer({ error: 'This job is not open.' }, 404)
}

/** `get_file` of a missing file: an empty body, so that nothing of ours becomes a file on the device. */
export function noFile(): WireAnswer {
  return { status: 404, contentType: 'application/octet-stream', body: new Uint8Array(0) }
}
