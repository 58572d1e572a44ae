import { writeCsv } from './csv.ts'
import { writeGeoJson } from './geojson.ts'
import { writeGpx } from './gpx.ts'
import { writeKml } from './kml.ts'
import { type NetCdfHeading, writeNetCdfTracks } from './netcdf.ts'
import type { Tracks } from './track.ts'

/** A file format of tracks. */
export interface TrackFormat {
  readonly mediaType: string
  write(tracks: Tracks, heading: NetCdfHeading): AsyncGenerator<string | Uint8Array>
}

/** The formats by the ending of the file. */
export const TRACK_FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', write: writeCsv },
  geojson: { mediaType: 'application/geo+json', write: writeGeoJson },
  gpx: { mediaType: 'application/gpx+xml', write: writeGpx },
  kml: { mediaType: 'application/vnd.google-earth.kml+xml', write: writeKml },
  nc: { mediaType: 'application/x-netcdf', write: writeNetCdfTracks },
} as const satisfies Record<string, TrackFormat>
