import { mapStyle } from './style.ts'

const ORIGIN = 'https://paikea.example'
const layersOf = (style: ReturnType<typeof mapStyle>) => style.layers.map(({ id }) => id)

beforeAll(() => {
  Object.assign(globalThis, { window: { location: { origin: ORIGIN } } })
})
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'window')
})

it('asks nobody else for the map, unless the operator has tiles', () => {
  expect(JSON.stringify(mapStyle(false, null).sources).match(/https?:[^"]*/g)).toEqual([`${ORIGIN}/map/base.pmtiles`])
})

it('lays pictures over the base map and under the fleet, and takes a file in its place', () => {
  const pictures = mapStyle(true, { url: 'https://charts.example/{z}/{x}/{y}.png', attribution: '' })
  expect(pictures.sources['own']).toMatchObject({ type: 'raster', tiles: ['https://charts.example/{z}/{x}/{y}.png'] })
  const layers = layersOf(pictures)
  expect(layers.indexOf('own')).toBe(layers.indexOf('land') + 1)
  const file = mapStyle(true, { url: 'https://charts.example/north.pmtiles', attribution: '' })
  expect(file.sources['base']).toMatchObject({ url: 'pmtiles://https://charts.example/north.pmtiles' })
  expect(layersOf(file)).toEqual(layersOf(mapStyle(true, null)))
})
