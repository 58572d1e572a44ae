import { Readable } from 'node:stream'
import { z } from 'zod'
import { TRACK_FORMATS } from '../../exports/formats.ts'
import { NoFixesError } from '../../exports/netcdf.ts'
import type { TrackSource } from '../../exports/track.ts'
import { ApiError, notFound } from '../../http/api-error.ts'
import type { ApiContext } from '../../http/context.ts'
import { TAKEN_OVER } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { DeviceTrackParams, DeviceTrackQuery, TracksParams, TracksQuery } from './schema.ts'
import { headingOf, spanOf, trackOfDevice, tracksOf } from './tracks-of.ts'

/** Without parameters, as the OpenAPI document names them. */
const MEDIA_TYPES = Object.values(TRACK_FORMATS).map(({ mediaType }) => mediaType.split(';')[0] ?? mediaType)

const route = routeFor<Pick<Services, 'reader'>>()

/** Tracks as files: streamed, bounded by the times at sea. */
export const trackRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/track.:format',
    summary: 'The track of a device as CSV, GeoJSON, GPX, KML or NetCDF',
    access: 'viewer',
    limit: 'reads',
    queue: 'exports',
    params: DeviceTrackParams,
    query: DeviceTrackQuery,
    answer: z.unknown(),
    answerType: MEDIA_TYPES,
    problems: ['no-fixes'],
    run: async ({ ctx, params, query, scope, signal }, { reader }) => {
      const db = reader()
      const device = await needDevice(db, scope, params.iam)
      const tracks = await trackOfDevice(db, device, { span: spanOf(query), deployment: query.deployment, signal })
      await send(ctx, { format: params.format, name: device.iam, tracks })
      return TAKEN_OVER
    },
  }),

  route({
    method: 'GET',
    path: '/v1/tracks.:format',
    summary: 'The tracks of a group, or of all visible devices, as one file',
    access: 'viewer',
    limit: 'reads',
    queue: 'exports',
    params: TracksParams,
    query: TracksQuery,
    answer: z.unknown(),
    answerType: MEDIA_TYPES,
    problems: ['no-fixes', 'not-found'],
    run: async ({ ctx, params, query, scope, signal }, { reader }) => {
      const db = reader()
      const { group } = query
      const isVisible = group === undefined || 'all' in scope || scope.groupIds.includes(group)
      if (!isVisible) throw notFound('group')
      const wanted = group === undefined ? scope : { groupIds: [group] }
      const tracks = tracksOf(db, {
        scope: wanted,
        span: spanOf(query),
        isBounded: query.deployment !== 'none',
        signal,
      })
      await send(ctx, {
        format: params.format,
        name: group === undefined ? 'tracks' : `group-${String(group)}`,
        tracks,
      })
      return TAKEN_OVER
    },
  }),
] as const

/** Streams a file; an error before its first piece is still a problem response with a status. */
async function send(
  ctx: ApiContext,
  file: { readonly format: keyof typeof TRACK_FORMATS; readonly name: string; readonly tracks: TrackSource },
): Promise<void> {
  const { mediaType, write } = TRACK_FORMATS[file.format]
  const origin = `${ctx.protocol}://${ctx.host}`
  const pieces = write(file.tracks, headingOf({ name: file.name, origin, hostname: ctx.hostname }))
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
  // Mixes bytes and text; Koa destroys the stream when the client disconnects.
  ctx.body = Readable.from(whole(), { objectMode: false })
  ctx.type = mediaType
}
