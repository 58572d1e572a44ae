import { createTranslate, guessLanguage, loadWords } from '../i18n/translate.ts'
import { circleAround, trackUntil } from '../map/track.ts'
import { NO_LINK, readLinkMessage } from '../device/link-state.ts'
import { formatCoordinates, writeGpxPoint } from './coordinates.ts'
import { variationAt, wayBetween } from './geodesy.ts'
import { formatMoment, formatSpan } from './moment.ts'

it.each([
  ['ddm', '37°49.507′ N 122°16.602′ W'],
  ['dms', '37°49′30.4″ N 122°16′36.1″ W'],
  ['decimal', '37.82512, -122.27670'],
] as const)('formats a position as %s', (format, text) => {
  expect(formatCoordinates(37.825_124, -122.276_702, format)).toBe(text)
})

it('carries seconds over into minutes and degrees', () => {
  expect(formatCoordinates(-0.999_999_9, 179.999_999_9, 'dms')).toBe('01°00′00.0″ S 180°00′00.0″ E')
})

it('measures on the ellipsoid, the short way over the date line, and finds the magnetic variation', () => {
  const way = wayBetween({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, new Date('2026-11-28'))
  expect(way.nauticalMiles).toBeCloseTo(60.108, 3)
  expect(way.trueDegrees).toBeCloseTo(90, 6)
  const monterey = { latitude: 36.8, longitude: -122 }
  expect(variationAt(monterey, new Date('2026-11-28'))).toBeCloseTo(12.54, 1)
  // The model ends; a wrong bearing would be worse than none.
  expect(variationAt(monterey, new Date('2040-01-01'))).toBeNull()
})

it('writes a GPX point with its name escaped', () => {
  const gpx = writeGpxPoint({ iam: 'A<B>&1', at: '2026-11-28T02:00:00Z', latitude: 1, longitude: 2 })
  expect(gpx).toContain('<name>A&lt;B&gt;&amp;1</name>')
  expect(gpx).toContain('lat="1" lon="2"')
})

it('formats times in UTC or local time', () => {
  expect(formatMoment('2026-11-24T16:29:06.000Z', 'utc')).toBe('2026-11-24 16:29:06 UTC')
  expect(formatMoment('2026-11-24T16:29:06.000Z', 'local')).toMatch(/^2026-11-2\d \d\d:\d\d:06 [+-]\d\d:\d\d$/)
  expect(formatSpan({ from: '2026-11-24T10:18:00.000Z', to: '2026-11-24T10:22:00.000Z' }, 'utc')).toBe(
    '2026-11-24 10:18 – 10:22 UTC',
  )
})

it('cuts a track at a given time, and keeps its gaps', () => {
  const track = {
    pieces: [
      [
        [1, 1],
        [2, 2],
      ],
      [[3, 3]],
    ] as const,
    times: [['2026-01-01', '2026-01-02'], ['2026-01-05']],
  }
  expect(trackUntil(track, '2026-01-03')).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
  ])
  expect(trackUntil(track, '2026-01-05')).toEqual(track.pieces)
})

it('draws a closed circle of the given radius', () => {
  const ring = circleAround([10, 60], 111.19)
  expect(ring[0]?.[1]).toBeCloseTo(61, 2)
  expect(ring.at(-1)?.[0]).toBeCloseTo(ring[0]?.[0] ?? 0, 6)
})

it('reads link messages as bounded text, names who holds the controls, and ignores unknown ones', () => {
  const frame = (data: unknown) => JSON.stringify({ type: 'frame', at: '2026-01-01T00:00:00Z', data })
  let state = readLinkMessage(
    NO_LINK,
    JSON.stringify({ type: 'presence', device: 'online', pages: [], controller: null }),
  )
  state = readLinkMessage(state, frame({ batt: 4.1, note: 'x'.repeat(10_000) }))
  expect(state.device).toBe('online')
  const pages = [
    { id: 'a', user: 'Ada', you: true },
    { id: 'b', user: 'Ben' },
  ]
  const held = (controller: string) =>
    readLinkMessage(state, JSON.stringify({ type: 'presence', device: 'online', pages, controller }))
  expect(held('a')).toMatchObject({ controller: 'Ada', isMine: true })
  expect(held('b')).toMatchObject({ controller: 'Ben', isMine: false })
  expect(held('upgrade')).toMatchObject({ controller: 'upgrade', isMine: false })
  expect(state.status['batt']).toBe('4.1')
  expect(state.status['note']).toHaveLength(500)
  for (let count = 0; count < 300; count += 1) state = readLinkMessage(state, frame({ count }))
  expect(state.log).toHaveLength(200)
  expect(readLinkMessage(state, 'no JSON')).toBe(state)
  expect(readLinkMessage(state, '{"type":"news"}')).toBe(state)
})

it('translates into Spanish, falls back to English, and guesses the language of the browser', async () => {
  expect(createTranslate(await loadWords('es'))('Fleet')).toBe('Flota')
  expect(createTranslate(await loadWords('es'))('never translated')).toBe('never translated')
  expect(guessLanguage(['fr', 'es-MX', 'en'])).toBe('es')
})
