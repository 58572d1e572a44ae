import { type Database, findDevice, type GroupScope } from '@paikea/database'
import { notFound } from '../http/api-error.ts'
import { headingOf, spanOf, trackOfDevice, tracksOf } from '../resources/tracks/tracks-of.ts'
import { TRACK_FORMATS } from './formats.ts'

/** A track file format, by file extension. */
export type TrackFormatName = keyof typeof TRACK_FORMATS

/** The formats that tracks can be written in. */
export const TRACK_FORMAT_NAMES = Object.keys(TRACK_FORMATS) as TrackFormatName[]

/** What to export; `iam` names one device, otherwise all devices of the groups. */
export interface TracksWish {
  readonly format: TrackFormatName
  readonly iam: string | null
  readonly scope: GroupScope
  readonly from: Date | null
  readonly to: Date | null
  /** `none`: all fixes, not only those at sea; an id: one deployment, for a single device only. */
  readonly deployment?: 'none' | number | undefined
}

/**
 * Writes tracks as a file, piece by piece, as the API returns them.
 *
 * @throws ApiError 404 before the first piece if the device or deployment does not exist; NoFixesError if a NetCDF file
 * would be empty
 */
export async function* writeTracks(db: Database, wish: TracksWish): AsyncGenerator<string | Uint8Array> {
  const { format, iam, scope, deployment } = wish
  const span = spanOf({ from: wish.from ?? undefined, to: wish.to ?? undefined })
  const heading = headingOf({ name: iam ?? 'tracks', origin: 'not given', hostname: 'localhost' })
  if (iam === null) {
    const all = tracksOf(db, { scope, span, isBounded: deployment !== 'none' })
    yield* TRACK_FORMATS[format].write(all, heading)
    return
  }
  const device = await findDevice(db, { scope, iam })
  if (device === null) throw notFound('device')
  yield* TRACK_FORMATS[format].write(await trackOfDevice(db, device, { span, deployment }), heading)
}
