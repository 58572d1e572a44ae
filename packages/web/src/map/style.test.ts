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
  expect(JSON.stringify(mapStyle('light', null).sources).match(/https?:[^"]*/g)).toEqual([`${ORIGIN}/map/base.pmtiles`])
})

it('lays pictures over the base map and under the fleet, and takes a file in its place', () => {
  const pictures = mapStyle('dark', { url: 'https://charts.example/{z}/{x}/{y}.png', attribution: '' })
  expect(pictures.sources['own']).toMatchObject({ type: 'raster', tiles: ['https://charts.example/{z}/{x}/{y}.png'] })
  const layers = layersOf(pictures)
  expect(layers.indexOf('own')).toBe(layers.indexOf('land') + 1)
  const file = mapStyle('dark', { url: 'https://charts.example/north.pmtiles', attribution: '' })
  expect(file.sources['base']).toMatchObject({ url: 'pmtiles://https://charts.example/north.pmtiles' })
  expect(layersOf(file)).toEqual(layersOf(mapStyle('dark', null)))
})

it('is black on white, thick, and nothing pale in the sun', () => {
  const paintOf = (look: Parameters<typeof mapStyle>[0], id: string) =>
    mapStyle(look, null).layers.find((layer) => layer.id === id)?.paint
  expect(paintOf('sun', 'sea')).toEqual({ 'background-color': '#ffffff' })
  expect(paintOf('sun', 'names')).toMatchObject({ 'text-color': '#000000', 'text-halo-color': '#ffffff' })
  expect(paintOf('sun', 'devices')).toMatchObject({ 'circle-opacity': 1 })
  expect(paintOf('light', 'devices')).not.toMatchObject({ 'circle-opacity': 1 })
})
