import type { DeviceView } from '@paikea/api/contract'
import {
  addProtocol,
  type GeoJSONSource,
  LngLatBounds,
  Map as MapLibre,
  NavigationControl,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { Protocol } from 'pmtiles'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../session/use-session.tsx'
import { useAlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { createFleetDrawing, type FleetDrawing } from './fleet-features.ts'
import { createPaced, type Paced } from './paced.ts'
import { type MapLook, mapStyle } from './style.ts'

setWorkerUrl(workerUrl)
addProtocol('pmtiles', new Protocol().tile)

/** Ages in words on the map need not tick by the second. */
const AGES_MS = 15_000
/** The map may be at work on the fleet for this share of the time, however much moves. */
const DRAWN_SHARE = 0.25

/** Room for the names at the edge. */
const FIT = { padding: 60, maxZoom: 9 } as const

export interface MapViewProps {
  readonly devices: readonly DeviceView[]
  readonly now: number
  readonly selected: DeviceView | null
  readonly track: readonly (readonly (readonly [number, number])[])[]
  /** Where the selected device probably is, where it gave no fix. */
  readonly circle: readonly (readonly [number, number])[] | null
  readonly onSelect: (iam: string) => void
}

/** The drawn map. What it shows is also in the list beside it, for who cannot see it. */
export function MapView({ devices, now, selected, track, circle, onSelect }: MapViewProps) {
  const { tiles } = useSession().links
  const { t } = usePreferences()
  const alertsOf = useAlertsOf()
  const place = useRef<HTMLDivElement>(null)
  const select = useRef(onSelect)
  const wanted = useRef<Parameters<FleetDrawing['change']> | null>(null)
  const painter = useRef<Paced | null>(null)
  select.current = onSelect
  const [map, setMap] = useState<MapLibre | null>(null)
  useEffect(() => {
    if (place.current === null) return
    const made = new MapLibre({
      container: place.current,
      style: mapStyle(lookOfPage(), tiles),
      ...whereToBegin(boundsOf(devices)),
      // Its control writes markup, which trusted types do not let pass: the page says it in text.
      attributionControl: false,
      // Names that fade in keep a small machine drawing for a third of a second each time something moves.
      fadeDuration: 0,
    })
    made.addControl(new NavigationControl({ showCompass: false }))
    made.on('click', 'devices', ({ features }) => {
      const iam: unknown = features?.[0]?.properties['iam']
      if (typeof iam === 'string') select.current(iam)
    })
    made.on('click', 'clusters', ({ lngLat }) => made.easeTo({ center: lngLat, zoom: made.getZoom() + 2 }))
    made.on('load', () => setMap(made))
    // For who waits for the picture, a test as much as a person's program.
    const drawn = made.getContainer().dataset
    made.on('dataloading', () => void (drawn['drawn'] = 'no'))
    made.on('idle', () => {
      const { lng, lat } = made.getCenter()
      drawn['view'] = `${lng.toFixed(3)} ${lat.toFixed(3)} ${made.getZoom().toFixed(1)}`
      drawn['drawn'] = 'yes'
    })
    return () => {
      setMap(null)
      made.remove()
    }
  }, [])

  const tick = Math.floor(now / AGES_MS)
  useEffect(() => {
    const source = sourceOf(map, 'fleet')
    if (source === undefined) return
    const drawing = createFleetDrawing()
    const paced = createPaced(async () => {
      const change = wanted.current === null ? null : drawing.change(...wanted.current)
      if (change !== null) await ('all' in change ? source.setData(change.all) : source.updateData(change))
    }, DRAWN_SHARE)
    painter.current = paced
    return () => paced.stop()
  }, [map])
  useEffect(() => {
    wanted.current = [devices, { t, alertsOf, now: tick * AGES_MS }]
    painter.current?.ask()
  }, [map, devices, tick, t, alertsOf])
  useEffect(() => {
    const coordinates = track.map((piece) => piece.map((point) => [...point]))
    void sourceOf(map, 'track')?.setData({
      type: 'Feature',
      properties: {},
      geometry: { type: 'MultiLineString', coordinates },
    })
  }, [map, track])
  useEffect(() => {
    const coordinates = circle === null ? [] : [circle.map((point) => [...point])]
    void sourceOf(map, 'circle')?.setData({
      type: 'Feature',
      properties: {},
      geometry: { type: 'Polygon', coordinates },
    })
  }, [map, circle])
  const iam = selected?.iam ?? null
  const fix = selected?.lastFix ?? null
  const hasFleet = devices.length > 0
  useEffect(() => {
    if (map === null || !hasFleet) return
    if (fix !== null) map.jumpTo({ center: [fix.longitude, fix.latitude], zoom: Math.max(map.getZoom(), 8) })
    else if (iam === null) showAll(map, devices)
    // Only a new choice moves the map, and the fleet when it is there at last; not each report.
  }, [map, iam, hasFleet])
  return (
    <div className="map">
      <div ref={place} className="map-canvas" />
      <p className="attribution">
        Natural Earth; GSHHG, Wessel &amp; Smith
        {tiles !== null && tiles.attribution !== '' && `; ${tiles.attribution}`}
      </p>
    </div>
  )
}

function sourceOf(map: MapLibre | null, name: string): GeoJSONSource | undefined {
  return map?.getSource<GeoJSONSource>(name)
}

/** Shows the whole fleet. */
function showAll(map: MapLibre, devices: readonly DeviceView[]): void {
  const bounds = boundsOf(devices)
  if (bounds !== null) map.fitBounds(bounds, { ...FIT, animate: false })
}

/** Where the fleet is, over the date line where that is the shorter way round; `null`: nobody has a position. */
function boundsOf(devices: readonly DeviceView[]): LngLatBounds | null {
  const [first, ...others] = devices.flatMap(({ lastFix }) => (lastFix === null ? [] : [lastFix]))
  if (first === undefined) return null
  const bounds = new LngLatBounds([first.longitude, first.latitude], [first.longitude, first.latitude])
  for (const { longitude, latitude } of others) {
    const turns = Math.round((first.longitude - longitude) / 360)
    bounds.extend([longitude + turns * 360, latitude])
  }
  return bounds
}

/** At once where the fleet is; without one, the whole earth says more than an empty sea. */
function whereToBegin(bounds: LngLatBounds | null) {
  return bounds === null ? { center: [0, 20] as [number, number], zoom: 1 } : { bounds, fitBoundsOptions: FIT }
}

function lookOfPage(): MapLook {
  const theme = document.documentElement.dataset['theme']
  if (theme === 'sun' || theme === 'dark' || theme === 'light') return theme
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
