import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { FeatureCollection } from 'geojson'

import type { CoastFile } from './gshhg.ts'
import { readNaturalEarth } from './natural-earth.ts'
import { TileSet } from './pmtiles-file.ts'
import type { Box } from './regions.ts'

/** Natural Earth's world map ends here; above, a region is drawn from GSHHG. */
export const WORLD_MAX_ZOOM = 6
/** GSHHG's own detail ends here. */
export const REGION_MAX_ZOOM = 11
/** Coasts are tiled in blocks of this zoom: the whole world at once would take 8 GB. */
const BLOCK_ZOOM = 5
/** Degrees around a block: features just outside reach into the buffer of its tiles. */
const MARGIN_DEGREES = 1
const TILING = { extent: 4096, buffer: 64, tolerance: 3 } as const

const ATTRIBUTION = 'Natural Earth; GSHHG, Wessel & Smith'

/** A tile as the tiler returns it; its own declarations omit file extensions, so they do not resolve here. */
interface CutTile {
  readonly features: readonly unknown[]
}

/** Builds a base map: the world up to zoom 6 and, with a coast file, the region from 7 to 11. */
export async function buildTiles(region: {
  readonly name: string
  readonly box: Box
  readonly coast: CoastFile | null
  readonly onProgress?: (line: string) => void
}): Promise<{ readonly file: Buffer; readonly tiles: number }> {
  const tiles = new TileSet()
  await addWorld(tiles)
  region.onProgress?.(`world to zoom ${WORLD_MAX_ZOOM}: ${tiles.size} tiles`)
  if (region.coast !== null) {
    for (const block of blocksOf(region.box)) {
      addBlock(tiles, block, region.box, region.coast)
      region.onProgress?.(`block ${block.x}/${block.y}: ${tiles.size} tiles`)
    }
  }
  const file = tiles.toFile({
    minZoom: 0,
    maxZoom: region.coast === null ? WORLD_MAX_ZOOM : REGION_MAX_ZOOM,
    bounds: [-180, -85, 180, 85],
    metadata: {
      name: `Paikea base map, ${region.name}`,
      attribution: ATTRIBUTION,
      // Outside of it the page enlarges the tiles of zoom 6.
      region: region.coast === null ? null : [region.box.west, region.box.south, region.box.east, region.box.north],
      vector_layers: [
        { id: 'land', fields: {}, minzoom: 0, maxzoom: REGION_MAX_ZOOM },
        { id: 'borders', fields: {}, minzoom: 0, maxzoom: WORLD_MAX_ZOOM },
      ],
    },
  })
  return { file, tiles: tiles.size }
}

async function addWorld(tiles: TileSet): Promise<void> {
  const { land, borders } = await readNaturalEarth()
  const index = {
    land: tile(land, WORLD_MAX_ZOOM),
    borders: tile({ type: 'FeatureCollection', features: [borders] }, WORLD_MAX_ZOOM),
  }
  for (let zoom = 0; zoom <= WORLD_MAX_ZOOM; zoom += 1) {
    for (let x = 0; x < 2 ** zoom; x += 1) {
      for (let y = 0; y < 2 ** zoom; y += 1) {
        add(tiles, zoom, x, y, { land: index.land.getTile(zoom, x, y), borders: index.borders.getTile(zoom, x, y) })
      }
    }
  }
}

function addBlock(tiles: TileSet, block: { readonly x: number; readonly y: number }, box: Box, coast: CoastFile): void {
  const bounds = boundsOf(BLOCK_ZOOM, block.x, block.y)
  const around = {
    west: bounds.west - MARGIN_DEGREES,
    south: bounds.south - MARGIN_DEGREES,
    east: bounds.east + MARGIN_DEGREES,
    north: bounds.north + MARGIN_DEGREES,
  }
  const features = [...coast.cells(around)].flatMap(({ polygons }) =>
    polygons.map((coordinates) => ({
      type: 'Feature' as const,
      properties: {},
      geometry: { type: 'Polygon' as const, coordinates },
    })),
  )
  const index = tile({ type: 'FeatureCollection', features }, REGION_MAX_ZOOM)
  for (let zoom = WORLD_MAX_ZOOM + 1; zoom <= REGION_MAX_ZOOM; zoom += 1) {
    const scale = 2 ** (zoom - BLOCK_ZOOM)
    for (let x = block.x * scale; x < (block.x + 1) * scale; x += 1) {
      for (let y = block.y * scale; y < (block.y + 1) * scale; y += 1) {
        if (!overlaps(boundsOf(zoom, x, y), box)) continue
        // An empty tile means sea: without it the page would enlarge the coarse land of zoom 6.
        add(tiles, zoom, x, y, { land: index.getTile(zoom, x, y) }, true)
      }
    }
  }
}

function tile(collection: FeatureCollection, maxZoom: number): GeoJSONVT {
  return new GeoJSONVT(collection, { ...TILING, maxZoom, indexMaxZoom: 4 })
}

function add(
  tiles: TileSet,
  zoom: number,
  x: number,
  y: number,
  layers: Readonly<Record<string, CutTile | null>>,
  isKeptEmpty = false,
): void {
  const present: Record<string, CutTile> = {}
  for (const [name, layer] of Object.entries(layers))
    if (layer !== null && layer.features.length > 0) present[name] = layer
  if (Object.keys(present).length === 0 && !isKeptEmpty) return
  tiles.add(zoom, x, y, fromGeojsonVt(present, { version: 2, extent: TILING.extent }))
}

function* blocksOf(box: Box): Generator<{ readonly x: number; readonly y: number }> {
  const count = 2 ** BLOCK_ZOOM
  for (let x = 0; x < count; x += 1) {
    for (let y = 0; y < count; y += 1) if (overlaps(boundsOf(BLOCK_ZOOM, x, y), box)) yield { x, y }
  }
}

function overlaps(one: Box, other: Box): boolean {
  return one.west < other.east && one.east > other.west && one.south < other.north && one.north > other.south
}

function boundsOf(zoom: number, x: number, y: number): Box {
  const count = 2 ** zoom
  const latitude = (row: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / count))) * 180) / Math.PI
  return {
    west: (x / count) * 360 - 180,
    east: ((x + 1) / count) * 360 - 180,
    north: latitude(y),
    south: latitude(y + 1),
  }
}
