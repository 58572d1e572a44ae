/**
 * What a device's updater sends to `POST /v1/{buoy|handset}/{iam}/upgrade`, and its registration: JSON, keys in any
 * order. Anything that does not match exactly parses as `null`.
 */

/** The kinds of device that register and upgrade over Wi-Fi. */
export type WireKind = 'buoy' | 'handset'

/** A job's id as the device holds it: it returns what `check` gave it. */
export type WireJobId = string | null

/** One step of an updater's run. */
export type UpgradeRequest =
  | { readonly cmd: 'check'; readonly freeBytes: number | null }
  | { readonly cmd: 'init' }
  | { readonly cmd: 'status'; readonly jobId: WireJobId }
  | { readonly cmd: 'metadata'; readonly jobId: WireJobId }
  | { readonly cmd: 'get_file'; readonly jobId: WireJobId; readonly path: string }
  | { readonly cmd: 'complete'; readonly jobId: WireJobId; readonly isDone: boolean }

const MAX_ID_CHARACTERS = 64

/** Parses an updater's body. @returns `null` for anything a device does not send */
export function parseUpgradeRequest(body: Uint8Array): UpgradeRequest | null {
  const fields = parseObject(body)
  if (fields === null) return null
  const jobId = readJobId(fields['job_id'])
  switch (fields['cmd']) {
    case 'check': {
      const space = fields['space']
      return { cmd: 'check', freeBytes: typeof space === 'number' && space >= 0 ? space : null }
    }
    case 'init':
      return { cmd: 'init' }
    case 'status':
      return { cmd: 'status', jobId }
    case 'metadata':
      return { cmd: 'metadata', jobId }
    case 'get_file': {
      const path = fields['file_path']
      return typeof path === 'string' ? { cmd: 'get_file', jobId, path } : null
    }
    case 'complete':
      return { cmd: 'complete', jobId, isDone: fields['status'] === true }
    default:
      return null
  }
}

/**
 * Parses a registration's body. An `iam` that is not a string counts as missing. @returns `null` if it is not an object
 */
export function parseRegisterRequest(body: Uint8Array): { readonly iam: string | null } | null {
  const fields = parseObject(body)
  if (fields === null) return null
  const iam = fields['iam']
  return { iam: typeof iam === 'string' && iam !== '' && iam.length <= MAX_ID_CHARACTERS ? iam : null }
}

function parseObject(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.fromEntries(Object.entries(value))
}

function readJobId(value: unknown): WireJobId {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value.length <= MAX_ID_CHARACTERS ? value : null
}
