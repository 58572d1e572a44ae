import { CSV_FIELDS, writeCsv } from './csv.ts'
import { GEOJSON_FIELDS, writeGeoJson } from './geojson.ts'
import { GPX_FIELDS, writeGpx } from './gpx.ts'
import { KML_FIELDS, writeKml } from './kml.ts'
import { NETCDF_FIELDS } from './netcdf-columns.ts'
import { type NetCdfHeading, writeNetCdfTracks } from './netcdf.ts'
import type { TrackSource } from './track.ts'

/** A file format of tracks. */
export interface TrackFormat {
  readonly mediaType: string
  write(source: TrackSource, heading: NetCdfHeading): AsyncGenerator<string | Uint8Array>
}

/** The formats by file extension. */
export const TRACK_FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', write: (source) => writeCsv(source(CSV_FIELDS)) },
  geojson: { mediaType: 'application/geo+json', write: (source) => writeGeoJson(source(GEOJSON_FIELDS)) },
  gpx: { mediaType: 'application/gpx+xml', write: (source) => writeGpx(source(GPX_FIELDS)) },
  kml: { mediaType: 'application/vnd.google-earth.kml+xml', write: (source) => writeKml(source(KML_FIELDS)) },
  nc: {
    mediaType: 'application/x-netcdf',
    write: (source, heading) => writeNetCdfTracks(source(NETCDF_FIELDS), heading),
  },
} as const satisfies Record<string, TrackFormat>
