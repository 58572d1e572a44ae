import { NetCDFReader } from 'netcdfjs'

import { writeCsv } from './csv.ts'
import { writeGeoJson } from './geojson.ts'
import { writeGpx, writeGpxPoint } from './gpx.ts'
import { writeKml } from './kml.ts'
import { isoTime, roundDegrees } from './numbers.ts'
import { writeNetCdf } from './netcdf-file.ts'
import { type NetCdfHeading, writeNetCdfTracks } from './netcdf.ts'
import type { Track, TrackFix } from './track.ts'
import { degrees } from './xml.ts'

const heading: NetCdfHeading = {
  title: 'Tracks of the northern group',
  summary: 'GPS fixes of drifting buoys',
  institution: 'Example Institute',
  creatorName: 'Example Institute',
  creatorEmail: 'data@example.org',
  creatorUrl: 'https://example.org',
  license: 'CC-BY-4.0',
  id: 'tracks-1',
  namingAuthority: 'org.example',
  createdAt: new Date('2026-11-28T00:00:00Z'),
}

function fix(time: string, latitudeDegrees: number, longitudeDegrees: number, over: Partial<TrackFix> = {}): TrackFix {
  return {
    at: new Date(`2026-11-28T${time}Z`),
    receivedAt: new Date(`2026-11-28T${time}Z`),
    latitudeDegrees,
    longitudeDegrees,
    sogKnots: 1,
    cogDegrees: 120,
    batteryVolts: 4.1,
    intervalMinutes: 10,
    quality: 'not-evaluated',
    problems: [],
    messageId: 7,
    ...over,
  }
}

/** Each fix in a page of its own: the writers must not depend on how the database cuts them. */
function track(iam: string, fixes: readonly TrackFix[], label: string | null = null): Track {
  async function* pages(): AsyncGenerator<readonly TrackFix[]> {
    for (const one of fixes) yield await Promise.resolve([one])
  }
  return { iam, label, fixes: pages() }
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = ''
  for await (const piece of pieces) whole += piece
  return whole
}

const acrossDateLine = (): Track[] => [
  track(
    'B003',
    [fix('02:00:00', -17, 179.8), fix('02:10:00', -17.2, -179.8), fix('02:20:00', -17.3, -179.7)],
    'near <Fiji>',
  ),
]
const withGap = (): Track[] => [
  track('B003', [fix('02:00:00', 36, -122), fix('02:10:00', 36.01, -122), fix('04:00:00', 36.2, -122)]),
]
const withJump = (): Track[] => [
  track('B003', [
    fix('02:00:00', 36, -122),
    fix('02:05:00', 66, 3, { quality: 'suspect', problems: ['implausible'] }),
    fix('02:10:00', 36.01, -122),
  ]),
]

describe('formatting of times and degrees', () => {
  it('writes times as ISO 8601 in any order of days, and refuses an invalid date', () => {
    const times = [
      0, 1, 86_399_999, 86_400_000, -1, -86_400_001, 1_709_251_199_999, 1_795_824_000_000, 253_402_300_799_999,
    ]
    for (const ms of [...times, ...times.toReversed()]) expect(isoTime(new Date(ms))).toBe(new Date(ms).toISOString())
    expect(() => isoTime(new Date(Number.NaN))).toThrow(RangeError)
  })

  it('rounds degrees to seven decimal places, written without an exponent', () => {
    for (const value of [0, 36.41666666666667, -122.27667, 179.99999996, -1e-9, 89.12345674]) {
      expect(roundDegrees(value)).toBeCloseTo(Number(value.toFixed(7)), 12)
    }
    expect(String(roundDegrees(36.41666666666667))).toBe('36.4166667')
    expect([0.0000001, -0.0000012, -1e-9, 180].map(degrees)).toEqual(['0.0000001', '-0.0000012', '0', '180'])
  })
})

describe('writeCsv()', () => {
  it('writes one line per fix, with ISO 8601 times and empty fields for missing values', async () => {
    const csv = await text(writeCsv([track('B003', [fix('02:00:00', -17.20000001, 179.9, { sogKnots: null })])]))
    expect(csv.split('\r\n')).toEqual([
      'iam,time,latitude,longitude,sog_knots,cog_degrees,battery_volts,interval_minutes,quality,problems,received_at,message_id',
      'B003,2026-11-28T02:00:00.000Z,-17.2,179.9,,120,4.1,10,not-evaluated,,2026-11-28T02:00:00.000Z,7',
      '',
    ])
  })

  it('keeps a suspect fix and marks it', async () => {
    expect(await text(writeCsv(withJump()))).toContain(',66,3,1,120,4.1,10,suspect,implausible,')
  })
})

describe('writeGeoJson()', () => {
  it('splits the line at 180°, with a point on either side', async () => {
    const { features } = JSON.parse(await text(writeGeoJson(acrossDateLine()))) as { features: { geometry: unknown }[] }
    expect(features[0]?.geometry).toEqual({
      type: 'MultiLineString',
      coordinates: [
        [
          [179.8, -17],
          [180, -17.1],
        ],
        [
          [-180, -17.1],
          [-179.8, -17.2],
          [-179.7, -17.3],
        ],
      ],
    })
  })

  it('breaks the line where reports are missing, and includes the time of each point', async () => {
    const { features } = JSON.parse(await text(writeGeoJson(withGap()))) as {
      features: { geometry: { coordinates: unknown[][] }; properties: { coordTimes: string[][] } }[]
    }
    expect(features[0]?.geometry.coordinates.map((line) => line.length)).toEqual([2, 2])
    expect(features[0]?.properties.coordTimes[1]?.[0]).toBe('2026-11-28T04:00:00.000Z')
  })

  it('writes a suspect fix as a separate point with its quality, not in the line', async () => {
    const { features } = JSON.parse(await text(writeGeoJson(withJump()))) as {
      features: { geometry: { coordinates: unknown }; properties: { quality?: string } }[]
    }
    expect(features[0]?.geometry.coordinates).toHaveLength(1)
    expect(features[1]).toMatchObject({ geometry: { coordinates: [3, 66] }, properties: { quality: 'suspect' } })
  })

  it('writes a valid file for no devices, and for a device without fixes', async () => {
    expect(JSON.parse(await text(writeGeoJson([])))).toEqual({ type: 'FeatureCollection', features: [] })
    expect(JSON.parse(await text(writeGeoJson([track('B003', [])])))).toMatchObject({
      features: [{ geometry: { coordinates: [] } }],
    })
  })
})

describe('writeGpx()', () => {
  it('names a track by its id alone, escapes the label, and splits segments at 180°', async () => {
    const gpx = await text(writeGpx(acrossDateLine()))
    expect(gpx).toContain('<name>B003</name><desc>B003 near &lt;Fiji&gt;</desc>')
    expect(gpx).toContain(
      '<time>2026-11-28T02:00:00Z</time><fix>3d</fix><extensions><p:speed>0.51</p:speed><p:course>120</p:course></extensions>',
    )
    expect(gpx.match(/<trkseg>/g)).toHaveLength(2)
    expect(gpx.match(/<\/trkseg>/g)).toHaveLength(2)
  })

  it('cuts a long waypoint name to its first six characters', () => {
    const gpx = writeGpxPoint({
      iam: 'PK1234567',
      at: new Date('2026-11-28T02:00:00Z'),
      latitudeDegrees: 0.0000001,
      longitudeDegrees: -122,
      description: 'heard 14 min ago',
      isFix: false,
    })
    expect(gpx).toContain('<wpt lat="0.0000001" lon="-122">')
    expect(gpx).toContain('<name>PK1234</name>')
    expect(gpx).toContain('<fix>none</fix>')
  })

  it('replaces characters that XML forbids', async () => {
    expect(await text(writeGpx([track('B003', [], 'a\u0001b\uD800c')]))).toContain('<desc>B003 a\uFFFDb\uFFFDc</desc>')
  })
})

describe('writeKml()', () => {
  it('writes one gx:Track per segment', async () => {
    const kml = await text(writeKml(withGap()))
    expect(kml.match(/<gx:Track>/g)).toHaveLength(2)
    expect(kml).toContain('<when>2026-11-28T02:00:00Z</when><when>2026-11-28T02:10:00Z</when>')
    expect(kml).toContain('<gx:coord>-122 36 0</gx:coord><gx:coord>-122 36.01 0</gx:coord>')
  })
})

describe('writeNetCdfTracks()', () => {
  async function read(tracks: Track[]): Promise<NetCDFReader> {
    const pieces: Uint8Array[] = []
    for await (const piece of writeNetCdfTracks(tracks, heading)) pieces.push(piece)
    return new NetCDFReader(Buffer.concat(pieces))
  }

  it('writes a ragged array that an independent reader can read', async () => {
    const file = await read([...withJump(), track('PK901', [fix('05:00:00', -17, 179.8, { batteryVolts: null })])])
    expect(file.dimensions).toEqual([
      { name: 'rows', size: 2 },
      { name: 'obs', size: 4 },
      { name: 'id_strlen', size: 5 },
    ])
    expect(file.getDataVariable('rowsize')).toEqual([3, 1])
    expect(file.getDataVariable('id').join('')).toBe('B003PK901')
    expect(file.getDataVariable('time')).toEqual([7200, 7500, 7800, 18_000].map((seconds) => 1_795_824_000 + seconds))
    expect(file.getDataVariable('lat')).toEqual([36, 66, 36.01, -17])
    expect(file.getDataVariable('position_qc').flat()).toEqual([2, 3, 2, 2])
    expect(file.getDataVariable('battery_qc').flat()).toEqual([2, 2, 2, 9])
    expect(file.getDataVariable('battery')[3]).toBeNaN()
    expect(file.getAttribute('time_coverage_duration')).toBe('P0DT3H0M0S')
    expect(file.getAttribute('geospatial_lat_max')).toBe(66)
  })

  it('rejects a period without fixes', async () => {
    await expect(read([track('B003', [])])).rejects.toThrow('there are no fixes in this period')
  })
})

describe('writeNetCdf()', () => {
  it('refuses a variable whose values do not fill its dimensions', () => {
    const variable = { name: 'x', type: 'int', dimensions: ['n'], attributes: {}, values: [[1, 2]] } as const
    expect(() => [...writeNetCdf({ dimensions: { n: 3 }, attributes: {}, variables: [variable] })]).toThrow(
      'x has 2 values, but 3 are declared',
    )
  })
})
