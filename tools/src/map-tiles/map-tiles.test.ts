import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { PMTiles, type Source } from 'pmtiles'

import { joinAlongEdge } from './gshhg.ts'
import { unwrap } from './natural-earth.ts'
import { TileSet } from './pmtiles-file.ts'
import { parseBounds } from './regions.ts'
import { contains, type Ring, signedArea, toPolygons } from './rings.ts'

/** Gives pieces of a file in memory, as a server does that answers Range requests. */
function sourceOf(file: Buffer): Source {
  return {
    getKey: () => 'file',
    getBytes: (offset, length) => {
      const { buffer, byteOffset } = file
      return Promise.resolve({ data: buffer.slice(byteOffset + offset, byteOffset + offset + length) as ArrayBuffer })
    },
  }
}

describe('the base map in the repository', () => {
  const path = fileURLToPath(new URL('../../../packages/web/public/map/base.pmtiles', import.meta.url))
  const map = new PMTiles(sourceOf(readFileSync(path)))

  async function isLand(zoom: number, latitude: number, longitude: number): Promise<boolean> {
    const count = 2 ** zoom
    const worldX = ((longitude + 180) / 360) * count
    const radians = (latitude * Math.PI) / 180
    const worldY = ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * count
    const found = await map.getZxy(zoom, Math.floor(worldX), Math.floor(worldY))
    if (found === undefined) return false
    const land = new VectorTile(new PbfReader(new Uint8Array(found.data))).layers['land']
    if (land === undefined) return false
    const point = [(worldX % 1) * land.extent, (worldY % 1) * land.extent] as const
    const rings = Array.from({ length: land.length }, (_, index) => land.feature(index).loadGeometry()).flat()
    // Even-odd over all rings: holes take away.
    return (
      rings.filter((ring) => contains(ring.map(({ x, y }): [number, number] => [x, y]) as Ring, point)).length % 2 === 1
    )
  }

  it.each([
    ['San Francisco', 11, 37.76, -122.44, true],
    ['the sea off San Francisco', 11, 37.7, -122.7, false],
    ['the Golden Gate', 11, 37.815, -122.49, false],
    ['Monterey Bay', 11, 36.8, -121.95, false],
    ['Santa Cruz Island', 10, 34.02, -119.75, true],
    ['the middle of the Olympic peninsula', 9, 47.8, -123.6, true],
    ['the Pacific', 9, 40, -129, false],
    ['Fiji, Viti Levu', 6, -17.8, 178, true],
    ['Fiji, Taveuni, beyond 180°', 6, -16.79, -179.98, true],
    ['the Atlantic on the latitude of Fiji', 6, -16.8, -20, false],
    ['Wrangel Island, west of 180°', 5, 71.2, 179.5, true],
    ['Wrangel Island, east of 180°', 5, 71.2, -178.9, true],
    ['the North Sea on the latitude of Wrangel Island', 5, 71.2, 10, false],
    ['Antarctica at 180°', 4, -84.5, 179.9, true],
    ['Antarctica at 0°', 4, -80, 0, true],
    ['the Southern Ocean', 4, -60, 0, false],
  ])('%s at zoom %i', async (_, zoom, latitude, longitude, expected) => {
    expect(await isLand(zoom, latitude, longitude)).toBe(expected)
  })

  it('names its sources', async () => {
    expect(await map.getMetadata()).toMatchObject({ attribution: 'Natural Earth; GSHHG, Wessel & Smith' })
  })
})

describe('unwrap()', () => {
  it('makes longitudes continuous across 180°', () => {
    const ring: Ring = [
      [179, 0],
      [-179, 0],
      [-179, 1],
      [179, 1],
      [179, 0],
    ]
    expect(unwrap(ring).map(([longitude]) => longitude)).toEqual([179, 181, 181, 179, 179])
  })

  it('extends a ring around the globe to the pole', () => {
    const ring: Ring = [-180, -90, 0, 90, 180].map((longitude): [number, number] => [longitude, -70])
    expect(unwrap(ring).slice(-3)).toEqual([
      [180, -90],
      [-180, -90],
      [-180, -70],
    ])
  })
})

describe('joinAlongEdge()', () => {
  it('closes a coast along the edge of the cell, with land on its left', () => {
    // Enters at the middle of the north side, leaves at the middle of the south side: land to the east.
    const rings = joinAlongEdge([
      {
        points: [
          [0.5, 1],
          [0.5, 0],
        ],
        entry: 2.5,
        exit: 0.5,
      },
    ])
    expect(rings).toEqual([
      [
        [0.5, 1],
        [0.5, 0],
        [1, 0],
        [1, 1],
        [0.5, 1],
      ],
    ])
    expect(signedArea(rings[0] ?? [])).toBeGreaterThan(0)
  })
})

describe('toPolygons()', () => {
  it('puts a lake into the smallest land around it', () => {
    const box = (from: number, to: number): Ring => [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
      [from, from],
    ]
    const lake = box(2, 3).toReversed()
    expect(toPolygons([box(0, 10), box(1, 4)], [lake])).toEqual([[box(0, 10)], [box(1, 4), lake]])
  })
})

describe('TileSet', () => {
  it('writes a file that the PMTiles reader accepts, with leaf directories for many tiles', async () => {
    const tiles = new TileSet()
    const zoom = 9
    // Of many lengths, so that the directory does not compress to nothing.
    const contentOf = (x: number, y: number): string => {
      const hash = createHash('sha512').update(`${x}/${y}`).digest('hex')
      return hash.slice(0, 2 + (Number.parseInt(hash.slice(0, 4), 16) % 100))
    }
    for (let x = 0; x < 512; x += 1) {
      for (let y = 0; y < 48; y += 1) tiles.add(zoom, x, y, Buffer.from(contentOf(x, y)))
    }
    tiles.add(0, 0, 0, Buffer.from('world'))
    const heading = { minZoom: 0, maxZoom: zoom, bounds: [-180, -85, 180, 85], metadata: { name: 'test' } } as const
    const map = new PMTiles(sourceOf(tiles.toFile(heading)))
    expect((await map.getHeader()).leafDirectoryLength).toBeGreaterThan(0)
    const text = async (...at: [number, number, number]): Promise<string | null> => {
      const found = await map.getZxy(...at)
      return found === undefined ? null : Buffer.from(found.data).toString()
    }
    expect(await text(0, 0, 0)).toBe('world')
    expect(await text(zoom, 300, 17)).toBe(contentOf(300, 17))
    expect(await text(zoom, 300, 400)).toBeNull()
  })
})

describe('parseBounds()', () => {
  it.each([
    ['-130,30,-115,50', { west: -130, south: 30, east: -115, north: 50 }],
    ['-115,30,-130,50', null],
    ['-130,30,-115', null],
    ['-130,30,,50', null],
    ['-130,30,-115,91', null],
    ['a,b,c,d', null],
  ])('%s', (text, box) => {
    expect(parseBounds(text)).toEqual(box)
  })
})
