/**
 * The devices' updater as the protocol describes it: asks, fetches every file from the start, compares hashes, moves the tree
 * in place, says `complete`. Its power can be cut at any request.
 */
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { askFile, askJson, deviceRequest } from './raw-client.ts'

/** A device's flash: path to content, with what lies in `/new` apart. */
export interface Flash {
  files: Map<string, Buffer>
  fresh: Map<string, Buffer>
}

/** How a run ended. */
export type RunEnd = 'installed' | 'nothing-to-do' | 'service-mode' | 'cut'

/** Where and how a device runs its updater. */
export interface UpdaterOptions {
  readonly port: number
  readonly kind?: 'buoy' | 'handset'
  readonly iam: string
  readonly space?: number
  /** Number of the request, counted from 0, in whose middle the power goes. @default never */
  readonly cutAt?: number
}

/** Builds an empty flash. */
export function createFlash(): Flash {
  return { files: new Map(), fresh: new Map() }
}

/** Runs the updater once. */
export async function runUpdater(flash: Flash, options: UpdaterOptions): Promise<{ end: RunEnd; requests: number }> {
  const { port, kind = 'buoy', iam, space = 1_500_000, cutAt = Number.POSITIVE_INFINITY } = options
  const path = `/v1/${kind}/${iam}/upgrade`
  let requests = 0
  /** @returns whether the power went */
  const isCut = async (body: unknown): Promise<boolean> => {
    requests += 1
    if (requests - 1 < cutAt) return false
    await breakOff(port, path, body)
    return true
  }
  try {
    const check = { cmd: 'check', space }
    if (await isCut(check)) return { end: 'cut', requests }
    const { job_id: jobId, status } = await askJson(port, path, check)
    if (status === 9 || status === 10) {
      flash.fresh.clear()
      await askJson(port, path, { cmd: 'complete', job_id: jobId, status: false })
      return { end: 'nothing-to-do', requests }
    }
    if (status !== 0 && status !== 2) throw new Error(`held for ever by status ${String(status)}`)
    if (status === 0) throw new Error('the server is expected to have the job ready')
    const ask = { cmd: 'metadata', job_id: jobId }
    if (await isCut(ask)) return { end: 'cut', requests }
    const { size, files, dirs } = await askJson(port, path, ask)
    if (typeof size !== 'number' || size > space * 0.9) return { end: 'service-mode', requests }
    const wanted = Object.entries(files as Record<string, readonly [number, string]>)
    const folders = new Set(dirs as readonly string[])
    for (const [name, [, sha1]] of wanted.sort(() => Math.random() - 0.5)) {
      if (!folders.has(name.slice(0, name.lastIndexOf('/')))) throw new Error(`no folder for ${name}`)
      const get = { cmd: 'get_file', job_id: jobId, file_path: name }
      if (await isCut(get)) return { end: 'cut', requests }
      const content = await askFile(port, path, get)
      if (createHash('sha1').update(content).digest('hex') !== sha1) return { end: 'service-mode', requests }
      flash.fresh.set(name, content)
    }
    flash.files = new Map([...flash.files].filter(([name]) => name.lastIndexOf('/') === 1))
    for (const [name, content] of flash.fresh) flash.files.set(name, content)
    flash.fresh.clear()
    await askJson(port, path, { cmd: 'complete', job_id: jobId, status: true })
    return { end: 'installed', requests: requests + 1 }
  } catch (error) {
    if (error instanceof Error && /^(status|not JSON|the connection)/u.test(error.message))
      return { end: 'service-mode', requests }
    throw error
  }
}

/** Sends half of a request, or all of it, and vanishes. */
function breakOff(port: number, path: string, body: unknown): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      const pieces = deviceRequest(path, JSON.stringify(body))
      const text = pieces.join('')
      socket.write(Math.random() < 0.5 ? text : text.slice(0, Math.floor(text.length / 2)), () =>
        socket.resetAndDestroy(),
      )
    })
    socket.once('close', () => resolve())
    socket.once('error', () => undefined)
  })
}
