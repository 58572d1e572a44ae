import type { DeviceView } from '@paikea/api/contract'
import { createFleetDrawing } from './fleet-features.ts'

const AT = '2026-11-01T10:00:00.000Z'
const NOW = Date.parse(AT) + 14 * 60_000
const words = { t: (text: string) => text, alertsOf: () => [], now: NOW }

function device(iam: string, latitude: number | null): DeviceView {
  const lastFix = latitude === null ? null : { at: AT, latitude, longitude: -122, sogKnots: null, cogDegrees: null }
  // Only what the map reads.
  return { iam, label: null, health: 'ok', lastFix, positionFrozenSince: null, approved: true } as DeviceView
}

describe('the fleet on the map', () => {
  it('is drawn whole at first, and again when the time or the alerts change', () => {
    const drawing = createFleetDrawing()
    const devices = [device('PK-1', 36), device('PK-2', null)]
    const first = drawing.change(devices, words)
    expect(first).toMatchObject({ all: { features: [{ properties: { iam: 'PK-1', hours: 14 / 60 } }] } })
    expect(drawing.change(devices, words)).toBeNull()
    expect(drawing.change(devices, { ...words, now: NOW + 15_000 })).toHaveProperty('all')
    expect(drawing.change(devices, { ...words, now: NOW + 15_000, alertsOf: () => ['low battery'] })).toHaveProperty(
      'all',
    )
  })

  it('changes only by devices that moved, appeared, disappeared or lost their fix', () => {
    const drawing = createFleetDrawing()
    const [still, moves, goes, blurs] = [device('PK-1', 36), device('PK-2', 37), device('PK-3', 38), device('PK-4', 39)]
    drawing.change([still, moves, goes, blurs], words)
    const change = drawing.change([still, device('PK-2', 37.5), device('PK-4', null), device('PK-5', 35)], words)
    expect(change).toMatchObject({
      add: [{ geometry: { coordinates: [-122, 37.5] }, properties: { iam: 'PK-2' } }, { properties: { iam: 'PK-5' } }],
      remove: ['PK-3', 'PK-4'],
    })
  })
})
