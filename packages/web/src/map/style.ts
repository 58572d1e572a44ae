import type { SessionView } from '@paikea/api/contract'
import type { StyleSpecification } from 'maplibre-gl'

/** Map tiles of the operator's own: a file takes the base map's place, pictures lie over it and under the fleet. */
export type OwnTiles = SessionView['links']['tiles']

/** How the map looks: as the page around it. */
export type MapLook = 'light' | 'dark' | 'sun'

interface Colours {
  readonly sea: string
  readonly land: string
  readonly coast: string
  readonly ink: string
  readonly halo: string
  readonly track: string
  /** Thick, large, and nothing pale: for a screen in the sun. */
  readonly bold: boolean
}

const COLOURS: Readonly<Record<MapLook, Colours>> = {
  light: {
    sea: '#cfe3ee',
    land: '#eee8d5',
    coast: '#eee8d5',
    ink: '#14222e',
    halo: '#ffffff',
    track: '#0b66c3',
    bold: false,
  },
  dark: {
    sea: '#10222e',
    land: '#2c3a33',
    coast: '#2c3a33',
    ink: '#e6eef4',
    halo: '#0d1a24',
    track: '#0b66c3',
    bold: false,
  },
  sun: {
    sea: '#ffffff',
    land: '#a8a8a8',
    coast: '#000000',
    ink: '#000000',
    halo: '#ffffff',
    track: '#00318f',
    bold: true,
  },
}

/** The base map and the layers of the fleet, all from this service; letters are drawn from the device's own fonts. */
export function mapStyle(look: MapLook, tiles: OwnTiles): StyleSpecification {
  const { sea, land, coast, ink, halo, track, bold } = COLOURS[look]
  const isFile = tiles !== null && new URL(tiles.url).pathname.endsWith('.pmtiles')
  const isPictures = tiles !== null && !isFile
  const none = { type: 'FeatureCollection' as const, features: [] }
  return {
    version: 8,
    sources: {
      base: {
        type: 'vector',
        url: `pmtiles://${isFile ? tiles.url : `${window.location.origin}/map/base.pmtiles`}`,
      },
      ...(isPictures ? { own: { type: 'raster', tiles: [tiles.url], tileSize: 256 } } : {}),
      circle: { type: 'geojson', data: none },
      track: { type: 'geojson', data: none },
      fleet: { type: 'geojson', data: none, promoteId: 'iam', cluster: true, clusterRadius: 36, clusterMaxZoom: 9 },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': sea } },
      {
        id: 'land',
        type: 'fill',
        source: 'base',
        'source-layer': 'land',
        paint: { 'fill-color': land, 'fill-outline-color': coast },
      },
      ...(isPictures ? [{ id: 'own', type: 'raster' as const, source: 'own' }] : []),
      { id: 'circle', type: 'fill', source: 'circle', paint: { 'fill-color': '#b25e00', 'fill-opacity': 0.2 } },
      { id: 'track', type: 'line', source: 'track', paint: { 'line-color': track, 'line-width': bold ? 4 : 2.5 } },
      {
        id: 'clusters',
        type: 'circle',
        source: 'fleet',
        filter: ['has', 'point_count'],
        paint: { 'circle-color': track, 'circle-radius': ['step', ['get', 'point_count'], 14, 10, 18, 100, 24] },
      },
      {
        id: 'counts',
        type: 'symbol',
        source: 'fleet',
        filter: ['has', 'point_count'],
        layout: { 'text-field': ['get', 'point_count_abbreviated'], 'text-size': 13, 'text-font': ['sans-serif'] },
        paint: { 'text-color': '#ffffff' },
      },
      {
        id: 'devices',
        type: 'circle',
        source: 'fleet',
        filter: ['!', ['has', 'point_count']],
        paint: {
          'circle-radius': bold ? 11 : 8,
          // What stands in words below it is not to be overlooked.
          'circle-stroke-width': ['case', ['get', 'isDoubtful'], bold ? 6 : 4, 2],
          'circle-stroke-color': ['case', ['get', 'isDoubtful'], '#e0a100', bold ? ink : halo],
          'circle-color': [
            'match',
            ['get', 'health'],
            'silent',
            '#c02b2b',
            'late',
            '#b25e00',
            'asleep',
            '#5b6ee1',
            'unknown',
            '#808080',
            '#1a7f4b',
          ],
          // The older the fix, the paler; the words beside it say how old.
          'circle-opacity': bold ? 1 : ['interpolate', ['linear'], ['get', 'hours'], 0, 1, 24, 0.35],
        },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'fleet',
        filter: ['!', ['has', 'point_count']],
        layout: {
          'text-field': ['concat', ['get', 'title'], '\n', ['get', 'words']],
          'text-size': bold ? 16 : 12,
          'text-font': ['sans-serif'],
          'text-offset': [0, 1],
          'text-anchor': 'top',
        },
        paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': bold ? 3 : 1.5 },
      },
    ],
  }
}
