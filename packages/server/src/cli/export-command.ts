import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TRACK_FORMAT_NAMES, type TrackFormatName, writeTracks } from '@paikea/api'
import { type Database, type GroupScope, listGroups } from '@paikea/database'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'
import { asTyped } from './in-folder.ts'

/** Flags of `export`. */
export interface ExportFlags {
  readonly out: string
  readonly device?: string
  readonly group?: string
  readonly since?: string
  readonly until?: string
  readonly deployment?: string
}

/**
 * `export`: writes the tracks of a device, a group or the whole fleet to a file; its extension selects the format. The
 * file appears only once it is complete.
 */
export async function exportCommand(env: NodeJS.ProcessEnv, flags: ExportFlags): Promise<void> {
  const format = formatOf(flags.out)
  const [from, to] = [readTime('--since', flags.since), readTime('--until', flags.until)]
  const deployment = readDeployment(flags)
  const file = asTyped(env, flags.out)
  await withExistingStore(env, async (db) => {
    const scope = await scopeOf(db, flags.group)
    const pieces = writeTracks(db, { format, iam: flags.device ?? null, scope, from, to, deployment })
    const part = `${file}.part`
    try {
      await pipeline(Readable.from(pieces, { objectMode: false }), createWriteStream(part, { flags: 'w' }))
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true })
      throw sayWhy(error)
    }
  })
}

function formatOf(file: string): TrackFormatName {
  const ending = /\.([a-z]+)$/.exec(file.toLowerCase())?.[1]
  const format = TRACK_FORMAT_NAMES.find((name) => name === ending)
  if (format !== undefined) return format
  throw new ServeError(`--out must end in .${TRACK_FORMAT_NAMES.join(', .')}`, { isFinal: false })
}

function readTime(flag: string, text: string | undefined): Date | null {
  const time = text === undefined ? null : new Date(text)
  if (time === null || !Number.isNaN(time.getTime())) return time
  throw new ServeError(`${flag} must be a time such as 2026-11-24T03:00:00Z, not ${JSON.stringify(text)}`, {
    isFinal: false,
  })
}

function readDeployment({ deployment, device }: ExportFlags): 'none' | number | undefined {
  if (deployment === undefined || deployment === 'none') return deployment
  if (/^[1-9]\d{0,14}$/.test(deployment) && device !== undefined) return Number(deployment)
  throw new ServeError('--deployment is "none", or with --device the id of one', { isFinal: false })
}

async function scopeOf(db: Database, name: string | undefined): Promise<GroupScope> {
  if (name === undefined) return { all: true }
  const group = (await listGroups(db, { scope: { all: true } })).find((one) => one.name === name)
  if (group === undefined) throw new ServeError(`there is no group ${JSON.stringify(name)}`, { isFinal: false })
  return { groupIds: [group.id] }
}

/** The API's own refusal, or the file system's error. */
function sayWhy(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const isExpected = ['ApiError', 'NoFixesError'].includes(error.name) || ('code' in error && 'path' in error)
  return isExpected ? new ServeError(error.message, { isFinal: false }) : error
}
