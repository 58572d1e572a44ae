import { mapStyle } from './style.ts'

const ORIGIN = 'https://paikea.example'
const layersOf = (style: ReturnType<typeof mapStyle>) => style.layers.map(({ id }) => id)

beforeAll(() => {
  Object.assign(globalThis, { window: { location: { origin: ORIGIN } } })
})
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'window')
})

it('mapStyle() uses only our own origin when no tiles are configured', () => {
  expect(JSON.stringify(mapStyle('light', null).sources).match(/https?:[^"]*/g)).toEqual([`${ORIGIN}/map/base.pmtiles`])
})

it('mapStyle() draws raster tiles just above the land, and takes a .pmtiles file as its base map', () => {
  const pictures = mapStyle('dark', { url: 'https://charts.example/{z}/{x}/{y}.png', attribution: '' })
  expect(pictures.sources['own']).toMatchObject({ type: 'raster', tiles: ['https://charts.example/{z}/{x}/{y}.png'] })
  const layers = layersOf(pictures)
  expect(layers.indexOf('own')).toBe(layers.indexOf('land') + 1)
  const file = mapStyle('dark', { url: 'https://charts.example/north.pmtiles', attribution: '' })
  expect(file.sources['base']).toMatchObject({ url: 'pmtiles://https://charts.example/north.pmtiles' })
  expect(layersOf(file)).toEqual(layersOf(mapStyle('dark', null)))
})

it('mapStyle() uses black on white and opaque devices for the sun look', () => {
  const paintOf = (look: Parameters<typeof mapStyle>[0], id: string) =>
    mapStyle(look, null).layers.find((layer) => layer.id === id)?.paint
  expect(paintOf('sun', 'sea')).toEqual({ 'background-color': '#ffffff' })
  expect(paintOf('sun', 'names')).toMatchObject({ 'text-color': '#000000', 'text-halo-color': '#ffffff' })
  expect(paintOf('sun', 'devices')).toMatchObject({ 'circle-opacity': 1 })
  expect(paintOf('light', 'devices')).not.toMatchObject({ 'circle-opacity': 1 })
})
