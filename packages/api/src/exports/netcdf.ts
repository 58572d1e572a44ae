import { type NetCdfField, QUALITY_FLAGS, TrackColumns } from './netcdf-columns.ts'
import { type NcAttribute, type NcVariable, writeNetCdf } from './netcdf-file.ts'
import type { Tracks } from './track.ts'

/** The file's global metadata. */
export interface NetCdfHeading {
  readonly title: string
  readonly summary: string
  /** The operator of the fleet. */
  readonly institution: string
  readonly creatorName: string
  readonly creatorEmail: string
  readonly creatorUrl: string
  readonly license: string
  /** Unique with `namingAuthority`. */
  readonly id: string
  readonly namingAuthority: string
  readonly createdAt: Date
}

/**
 * There are no fixes to write. The classic format has no empty file: a dimension of length 0 is its record dimension.
 */
export class NoFixesError extends Error {
  override readonly name = 'NoFixesError'

  constructor() {
    super('there are no fixes in this period')
  }
}

/**
 * Tracks as a CF-1.11 and ACDD-1.3 contiguous ragged array (`rows`, `obs`, `rowsize`: the names clouddrift takes
 * without arguments), with quality flags beside position and battery. Collects all fixes first, 38 bytes each: the
 * header holds their number and extent.
 *
 * @throws NoFixesError before the first byte if the tracks have no fix
 */
export async function* writeNetCdfTracks(
  tracks: Tracks<NetCdfField>,
  heading: NetCdfHeading,
): AsyncGenerator<Uint8Array> {
  const columns = new TrackColumns()
  await columns.collect(tracks)
  if (columns.length === 0) throw new NoFixesError()
  const idLength = Math.max(1, ...columns.ids.map((id) => utf8(id).length))
  const dimensions = { rows: columns.ids.length, obs: columns.length, id_strlen: idLength }
  yield* writeNetCdf({ dimensions, attributes: globalsOf(columns, heading), variables: variablesOf(columns, idLength) })
}

function variablesOf(columns: TrackColumns, idLength: number): NcVariable[] {
  const data = {
    coordinates: 'time lat lon',
    coverage_content_type: 'physicalMeasurement',
    _FillValue: { type: 'float', values: [Number.NaN] },
  } as const
  return [
    {
      name: 'id',
      type: 'char',
      dimensions: ['rows', 'id_strlen'],
      // Without the encoding xarray reads bytes, and selecting "B003" yields nothing.
      attributes: { long_name: 'id of the device', cf_role: 'trajectory_id', _Encoding: 'utf-8' },
      values: columns.ids.map((id) => fixedLength(id, idLength)),
    },
    {
      name: 'rowsize',
      type: 'int',
      dimensions: ['rows'],
      attributes: { long_name: 'number of fixes of the device', sample_dimension: 'obs', units: '1' },
      values: [columns.rowSizes],
    },
    {
      name: 'time',
      type: 'double',
      dimensions: ['obs'],
      attributes: {
        standard_name: 'time',
        long_name: 'time of the fix',
        units: 'seconds since 1970-01-01T00:00:00Z',
        calendar: 'standard',
        units_metadata: 'leap_seconds: none',
        axis: 'T',
        coverage_content_type: 'coordinate',
      },
      values: columns.time.values(),
    },
    coordinate('lat', 'latitude', 'degrees_north', 'Y', columns.latitude.values()),
    coordinate('lon', 'longitude', 'degrees_east', 'X', columns.longitude.values()),
    {
      name: 'speed',
      type: 'float',
      dimensions: ['obs'],
      attributes: {
        standard_name: 'platform_speed_wrt_ground',
        long_name: 'speed over ground',
        units: 'm s-1',
        ...data,
      },
      values: columns.speed.values(),
    },
    {
      name: 'course',
      type: 'float',
      dimensions: ['obs'],
      attributes: { standard_name: 'platform_course', long_name: 'course over ground, true', units: 'degree', ...data },
      values: columns.course.values(),
    },
    {
      name: 'battery',
      type: 'float',
      dimensions: ['obs'],
      attributes: { long_name: 'battery voltage', units: 'V', ancillary_variables: 'battery_qc', ...data },
      values: columns.battery.values(),
    },
    flags('position_qc', 'quality of the position', columns.positionFlag.values()),
    flags('battery_qc', 'quality of the battery voltage', columns.batteryFlag.values()),
  ]
}

function coordinate(
  name: string,
  standardName: string,
  units: string,
  axis: string,
  values: Iterable<ArrayLike<number>>,
): NcVariable {
  const attributes = {
    standard_name: standardName,
    long_name: `${standardName} of the fix`,
    units,
    axis,
    ancillary_variables: 'position_qc',
    coverage_content_type: 'coordinate',
  }
  return { name, type: 'double', dimensions: ['obs'], attributes, values }
}

/** No `_FillValue` on flags: xarray would turn them into floats and report 9 as missing. */
function flags(name: string, longName: string, values: Iterable<ArrayLike<number>>): NcVariable {
  return {
    name,
    type: 'byte',
    dimensions: ['obs'],
    attributes: {
      long_name: longName,
      standard_name: 'quality_flag',
      flag_values: { type: 'byte', values: Object.values(QUALITY_FLAGS) },
      flag_meanings: 'good not_evaluated suspect bad missing',
      coverage_content_type: 'qualityInformation',
    },
    values,
  }
}

function globalsOf(columns: TrackColumns, heading: NetCdfHeading): Record<string, NcAttribute> {
  const { latitude, longitude, time } = columns.extent
  const number = (value: number): NcAttribute => ({ type: 'double', values: [value] })
  const instant = (seconds: number): string => new Date(seconds * 1000).toISOString()
  const created = heading.createdAt.toISOString()
  const extent: Record<string, NcAttribute> = {
    time_coverage_start: instant(time.min),
    time_coverage_end: instant(time.max),
    time_coverage_duration: durationOf(time.max - time.min),
    time_coverage_resolution: 'PT10M',
    geospatial_lat_min: number(latitude.min),
    geospatial_lat_max: number(latitude.max),
    geospatial_lat_units: 'degrees_north',
    geospatial_lon_min: number(longitude.min),
    geospatial_lon_max: number(longitude.max),
    geospatial_lon_units: 'degrees_east',
    geospatial_bounds: boundsOf(latitude, longitude),
    geospatial_bounds_crs: 'EPSG:4326',
  }
  return {
    Conventions: 'CF-1.11, ACDD-1.3',
    featureType: 'trajectory',
    cdm_data_type: 'Trajectory',
    title: heading.title,
    summary: heading.summary,
    keywords: 'drifting buoy, trajectory, GPS position, Iridium',
    history: `${created} written by Paikea`,
    institution: heading.institution,
    source: 'GPS fixes reported by drifting buoys over Iridium short-burst data',
    license: heading.license,
    id: heading.id,
    naming_authority: heading.namingAuthority,
    creator_name: heading.creatorName,
    creator_type: 'institution',
    creator_email: heading.creatorEmail,
    creator_url: heading.creatorUrl,
    creator_institution: heading.institution,
    publisher_name: heading.creatorName,
    publisher_type: 'institution',
    publisher_email: heading.creatorEmail,
    publisher_url: heading.creatorUrl,
    publisher_institution: heading.institution,
    project: heading.title,
    program: heading.title,
    processing_level: 'positions as reported, with quality flags',
    standard_name_vocabulary: 'CF Standard Name Table v93',
    date_created: created,
    date_modified: created,
    date_issued: created,
    date_metadata_modified: created,
    product_version: '1',
    platform: 'drifting buoy',
    platform_vocabulary: 'NERC L06',
    instrument: 'GPS receiver',
    instrument_vocabulary: 'none',
    keywords_vocabulary: 'none',
    acknowledgement: heading.institution,
    contributor_name: heading.creatorName,
    contributor_role: 'publisher',
    references: heading.creatorUrl,
    metadata_link: heading.creatorUrl,
    comment: 'A flag 3 (suspect) marks a position that is implausible, frozen, or dated by a wrong clock.',
    ...extent,
  }
}

function boundsOf(latitude: { min: number; max: number }, longitude: { min: number; max: number }): string {
  const corners = [
    [latitude.min, longitude.min],
    [latitude.max, longitude.min],
    [latitude.max, longitude.max],
    [latitude.min, longitude.max],
    [latitude.min, longitude.min],
  ]
  return `POLYGON ((${corners.map((corner) => corner.map((value) => Number(value?.toFixed(7))).join(' ')).join(', ')}))`
}

function durationOf(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const rest = Math.round(seconds - days * 86_400)
  return `P${days}DT${Math.floor(rest / 3600)}H${Math.floor((rest % 3600) / 60)}M${rest % 60}S`
}

function fixedLength(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set(utf8(text).subarray(0, length))
  return bytes
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
