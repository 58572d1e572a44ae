import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { type Coast, createCoast, type Ring } from '../judge/coast.ts'

/**
 * The land of the whole world by Natural Earth, 1:10 million: in places a kilometre or two beside the real coast, without
 * small islets, piers and most river mouths. Read once, in steps between which other work goes on; about 10 MB stay.
 */
export async function loadCoast(): Promise<Coast> {
  const path = createRequire(import.meta.url).resolve('world-atlas/land-10m.json')
  // A file of a package, the same for everybody.
  const topology = JSON.parse(await readFile(path, 'utf8')) as Topology
  await setImmediate()
  const { features } = feature(topology, topology.objects['land'] as GeometryCollection)
  const rings: Ring[] = []
  for (const { geometry } of features) {
    // GeoJSON's own type says "numbers"; a position has two of them.
    if (geometry.type === 'Polygon') rings.push(...(geometry.coordinates as unknown as Ring[]))
    if (geometry.type === 'MultiPolygon') rings.push(...(geometry.coordinates.flat() as unknown as Ring[]))
  }
  await setImmediate()
  return createCoast(rings)
}
