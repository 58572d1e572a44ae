import {
  type Database,
  type DeploymentRow,
  type DeviceRow,
  listDeployments,
  listDevices,
  readTrack,
  type TrackField,
} from '@paikea/database'
import type { NetCdfHeading } from '../../exports/netcdf.ts'
import type { PartOf, Track, TrackSource } from '../../exports/track.ts'
import { notFound } from '../../http/api-error.ts'
import { type Window, windowsOf } from './windows.ts'

/** Devices read per page when exporting a fleet's tracks. */
const DEVICES_PAGE = 500

/**
 * The track of one device; `deployment` is `none` for all fixes, or the id of one deployment; if omitted, its times at
 * sea. @throws ApiError 404 for an unknown deployment
 */
export async function trackOfDevice(
  db: Database,
  device: DeviceRow,
  options: { readonly span: Window; readonly deployment: 'none' | number | undefined; readonly signal?: AbortSignal },
): Promise<TrackSource> {
  const deployments = await listDeployments(db, { deviceIds: [device.id] })
  const windows = windowsOf(options.span, chooseDeployments(deployments, options.deployment))
  return (fields) => [trackOf(db, { device, windows, fields, signal: options.signal })]
}

/** A file's metadata. */
export function headingOf(options: {
  readonly name: string
  readonly origin: string
  readonly hostname: string
}): NetCdfHeading {
  const createdAt = new Date()
  return {
    title: `Tracks of drifting buoys: ${options.name}`,
    summary: 'GPS fixes of drifting buoys, as reported by Iridium short-burst data, with quality flags.',
    institution: 'not given',
    creatorName: 'not given',
    creatorEmail: 'not given',
    creatorUrl: options.origin,
    license: 'not given',
    id: `${options.name}-${createdAt.toISOString()}`,
    namingAuthority: options.hostname,
    createdAt,
  }
}

/** Both bounds as text; `null` if either is open. */
export function spanOf(query: { readonly from?: Date | undefined; readonly to?: Date | undefined }): Window {
  return { from: query.from ?? null, to: query.to ?? null }
}

function chooseDeployments(
  deployments: readonly DeploymentRow[],
  choice: 'none' | number | undefined,
): readonly Window[] {
  const windows = (rows: readonly DeploymentRow[]): Window[] =>
    rows.map(({ fromAt, toAt }) => ({ from: fromAt, to: toAt }))
  if (choice === 'none') return []
  if (choice === undefined) return windows(deployments)
  const chosen = deployments.filter(({ id }) => id === choice)
  if (chosen.length === 0) throw notFound('deployment')
  return windows(chosen)
}

/** Which tracks, of which devices. */
interface ScopeOfTracks {
  readonly scope: Parameters<typeof listDevices>[1]['scope']
  readonly span: Window
  readonly isBounded: boolean
  readonly signal?: AbortSignal
}

/** The tracks of all devices in a scope, one after the other. */
export function tracksOf(db: Database, args: ScopeOfTracks): TrackSource {
  return (fields) => readTracks(db, { ...args, fields })
}

async function* readTracks<F extends TrackField>(
  db: Database,
  args: ScopeOfTracks & { readonly fields: readonly F[] },
): AsyncGenerator<Track<F>> {
  const { fields, signal } = args
  let afterId: number | null = null
  for (;;) {
    const devices: readonly DeviceRow[] = await listDevices(db, { scope: args.scope, limit: DEVICES_PAGE, afterId })
    const ids = devices.map(({ id }) => id)
    const deployments = args.isBounded ? await listDeployments(db, { deviceIds: ids }) : []
    for (const device of devices) {
      const own = deployments.filter(({ deviceId }) => deviceId === device.id)
      signal?.throwIfAborted()
      const windows = windowsOf(args.span, chooseDeployments(own, undefined))
      yield trackOf(db, { device, windows, fields, signal })
    }
    afterId = ids.at(-1) ?? null
    if (devices.length < DEVICES_PAGE || afterId === null) return
  }
}

/** @param args.signal aborts when the client has left: no further page is read */
function trackOf<F extends TrackField>(
  db: Database,
  args: {
    readonly device: DeviceRow
    readonly windows: readonly Window[]
    readonly fields: readonly F[]
    readonly signal: AbortSignal | undefined
  },
): Track<F> {
  const { device, windows, fields, signal } = args
  async function* fixes(): AsyncGenerator<readonly PartOf<F>[]> {
    for (const window of windows) {
      signal?.throwIfAborted()
      for await (const page of readTrack(db, { deviceId: device.id, fields, ...window })) {
        signal?.throwIfAborted()
        yield page
      }
    }
  }
  return { iam: device.iam, label: device.label, fixes: fixes() }
}
