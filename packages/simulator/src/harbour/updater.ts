import { createHash } from 'node:crypto'
import { askFile, askJson, type ServerAddress } from './device-http.ts'
import type { Flash } from './flash.ts'
import type { Run } from './run.ts'

/** What the updater depends on. */
export interface UpdaterDeps {
  readonly run: Run
  readonly flash: Flash
  readonly server: ServerAddress
  readonly kind: 'buoy' | 'handset'
  readonly iam: string
  /** Called before each request. */
  readonly onRequest: (command: string) => void
  /** Called while the tree is being moved: a power cut then leaves a device that cannot boot. */
  readonly onInstalling: (isInstalling: boolean) => void
  /** Pause between two requests. */
  readonly askAgainMs: number
  readonly installMs: number
}

const USABLE_SHARE = 0.9

/** Runs the updater app once; whatever the result, the device restarts. @throws Error if the program gives up */
export async function runUpdater(deps: UpdaterDeps): Promise<'installed' | 'nothing-to-do'> {
  const { run, flash, server, kind, iam, onRequest, onInstalling, askAgainMs, installMs } = deps
  const path = `/${kind}/${iam}/upgrade`
  const ask = (body: {
    readonly cmd: string
    readonly [key: string]: unknown
  }): Promise<Readonly<Record<string, unknown>>> => {
    onRequest(body.cmd)
    return askJson(run, server, path, body)
  }
  let jobId: unknown = null
  let status: unknown = null
  while (jobId === null) {
    const answer = await ask({ cmd: 'check', space: flash.freeBytes() })
    jobId = answer['job_id']
    status = answer['status']
    if (status === 9 || status === 10) {
      flash.clearFresh()
      await ask({ cmd: 'complete', job_id: jobId, status: false })
      return 'nothing-to-do'
    }
    if (jobId === null) await run.sleep(askAgainMs)
  }
  while (status === 0) {
    await run.sleep(askAgainMs)
    status = (await ask({ cmd: 'status', job_id: jobId }))['status']
  }
  // Any other number blocks the device for ever.
  if (status !== 2) return await new Promise<never>(() => undefined)

  const { size, files } = await ask({ cmd: 'metadata', job_id: jobId })
  if (typeof size !== 'number' || size > flash.freeBytes() * USABLE_SHARE) throw new Error('not enough space')
  if (typeof files !== 'object' || files === null) throw new Error('no files')
  for (const [name, told] of inNoOrder(Object.entries(files))) {
    onRequest('get_file')
    const content = await askFile(run, server, path, { cmd: 'get_file', job_id: jobId, file_path: name })
    const sha1 = Array.isArray(told) ? told[1] : null
    if (createHash('sha1').update(content).digest('hex') !== sha1) throw new Error(`wrong hash of ${name}`)
    flash.write(name, content)
  }
  onInstalling(true)
  await run.sleep(installMs)
  flash.install()
  onInstalling(false)
  await ask({ cmd: 'complete', job_id: jobId, status: true })
  return 'installed'
}

/** Dictionaries of the device's Python are unordered. */
function inNoOrder<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}
