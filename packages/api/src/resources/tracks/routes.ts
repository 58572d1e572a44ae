import { Readable } from 'node:stream'
import {
  type Database,
  type DeploymentRow,
  type DeviceRow,
  listDeployments,
  listDevices,
  readTrack,
  type TrackRow,
} from '@paikea/database'
import { z } from 'zod'
import { TRACK_FORMATS } from '../../exports/formats.ts'
import { NoFixesError } from '../../exports/netcdf.ts'
import type { Track, TrackFix, Tracks } from '../../exports/track.ts'
import { ApiError, notFound } from '../../http/api-error.ts'
import type { ApiContext } from '../../http/context.ts'
import { TAKEN_OVER } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { DeviceTrackParams, DeviceTrackQuery, TracksParams, TracksQuery } from './schema.ts'
import { type Window, windowsOf } from './windows.ts'

/** Devices looked up at a time for a fleet's tracks. */
const DEVICES_PAGE = 500

const route = routeFor<Pick<Services, 'reader'>>()

/** Tracks as files: streamed, bounded by the times at sea. */
export const trackRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/track.:format',
    summary: 'The track of a device as CSV, GeoJSON, GPX, KML or NetCDF',
    access: 'viewer',
    limit: 'reads',
    params: DeviceTrackParams,
    query: DeviceTrackQuery,
    answer: z.string(),
    answerType: 'application/octet-stream',
    problems: ['no-fixes'],
    run: async ({ ctx, params, query, scope }, { reader }) => {
      const db = reader()
      const device = await needDevice(db, scope, params.iam)
      const deployments = await listDeployments(db, { deviceIds: [device.id] })
      const chosen = chooseDeployments(deployments, query.deployment)
      const tracks = [trackOf(db, device, windowsOf(spanOf(query), chosen))]
      await send(ctx, { format: params.format, name: device.iam, tracks })
      return TAKEN_OVER
    },
  }),

  route({
    method: 'GET',
    path: '/v1/tracks.:format',
    summary: 'The tracks of a group, or of all that may be seen, as one file',
    access: 'viewer',
    limit: 'reads',
    params: TracksParams,
    query: TracksQuery,
    answer: z.string(),
    answerType: 'application/octet-stream',
    problems: ['no-fixes', 'not-found'],
    run: async ({ ctx, params, query, scope }, { reader }) => {
      const db = reader()
      const { group } = query
      const isVisible = group === undefined || 'all' in scope || scope.groupIds.includes(group)
      if (!isVisible) throw notFound('group')
      const wanted = group === undefined ? scope : { groupIds: [group] }
      const tracks = tracksOf(db, { scope: wanted, span: spanOf(query), isBounded: query.deployment !== 'none' })
      await send(ctx, {
        format: params.format,
        name: group === undefined ? 'tracks' : `group-${String(group)}`,
        tracks,
      })
      return TAKEN_OVER
    },
  }),
] as const

function spanOf(query: { readonly from?: Date | undefined; readonly to?: Date | undefined }): Window {
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

async function* tracksOf(
  db: Database,
  args: {
    readonly scope: Parameters<typeof listDevices>[1]['scope']
    readonly span: Window
    readonly isBounded: boolean
  },
): AsyncGenerator<Track> {
  let afterId: number | null = null
  for (;;) {
    const devices: readonly DeviceRow[] = await listDevices(db, { scope: args.scope, limit: DEVICES_PAGE, afterId })
    const ids = devices.map(({ id }) => id)
    const deployments = args.isBounded ? await listDeployments(db, { deviceIds: ids }) : []
    for (const device of devices) {
      const own = deployments.filter(({ deviceId }) => deviceId === device.id)
      yield trackOf(db, device, windowsOf(args.span, chooseDeployments(own, undefined)))
    }
    afterId = ids.at(-1) ?? null
    if (devices.length < DEVICES_PAGE || afterId === null) return
  }
}

function trackOf(db: Database, device: DeviceRow, windows: readonly Window[]): Track {
  async function* fixes(): AsyncGenerator<readonly TrackFix[]> {
    for (const window of windows) {
      for await (const page of readTrack(db, { deviceId: device.id, ...window })) yield page.map(fixOf)
    }
  }
  return { iam: device.iam, label: device.label, fixes: fixes() }
}

function fixOf(row: TrackRow): TrackFix {
  return {
    at: row.at,
    receivedAt: row.receivedAt,
    latitudeDegrees: row.latitude,
    longitudeDegrees: row.longitude,
    sogKnots: row.sogKnots,
    cogDegrees: row.cogDegrees,
    batteryVolts: row.batteryVolts,
    intervalMinutes: row.intervalMinutes,
    quality: row.quality,
    problems: row.problems.map(({ code }) => code),
    messageId: row.messageId,
  }
}

/** Streams a file; what goes wrong before its first piece is still a problem with a status. */
async function send(
  ctx: ApiContext,
  file: { readonly format: keyof typeof TRACK_FORMATS; readonly name: string; readonly tracks: Tracks },
): Promise<void> {
  const { mediaType, write } = TRACK_FORMATS[file.format]
  const origin = `${ctx.protocol}://${ctx.host}`
  const pieces = write(file.tracks, {
    title: `Tracks of drifting buoys: ${file.name}`,
    summary: 'GPS fixes of drifting buoys, as reported by Iridium short-burst data, with quality flags.',
    institution: 'not given',
    creatorName: 'not given',
    creatorEmail: 'not given',
    creatorUrl: origin,
    license: 'not given',
    id: `${file.name}-${new Date().toISOString()}`,
    namingAuthority: ctx.hostname,
    createdAt: new Date(),
  })
  const first = await pieces.next().catch((error: unknown) => {
    if (!(error instanceof NoFixesError)) throw error
    throw new ApiError(404, 'no-fixes', 'There are no fixes in this period.')
  })
  async function* whole(): AsyncGenerator<string | Uint8Array> {
    if (first.done !== true) yield first.value
    yield* pieces
  }
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Content-Disposition', `attachment; filename="${file.name}.${file.format}"`)
  ctx.status = 200
  ctx.type = mediaType
  // Bytes and text mixed; Koa ends the reading when the client is gone.
  ctx.body = Readable.from(whole(), { objectMode: false })
  ctx.type = mediaType
}
