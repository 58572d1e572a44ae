import { pythonInt, readDataMessage } from '../micropython.ts'
import type { BuoyV2State } from './state.ts'

/** What a v2 buoy does after it has read an MT text. */
export type AfterCommands =
  | { readonly next: 'go-on'; readonly state: BuoyV2State }
  /** PK007: sleeps at once, without a reply. */
  | { readonly next: 'sleep'; readonly state: BuoyV2State; readonly seconds: number }
  /** The number of a PK006 is not an integer: the program crashes, and the device restarts. */
  | { readonly next: 'restart'; readonly state: BuoyV2State }
  /** SUPPORT: restarts into its service mode and goes silent by satellite. */
  | { readonly next: 'service'; readonly state: BuoyV2State }

const SHORTEST_INTERVAL_SECONDS = 120

/** Obeys all commands of one MT text, in the order in which their names first occur. */
export function obeyCommands(state: BuoyV2State, mt: string): AfterCommands {
  let now = state
  let sleepSeconds = 0
  let service = false
  for (const [name, value] of readDataMessage(mt)) {
    if (name === 'PK005') now = { ...now, beaconOn: value === '1' }
    if (name === 'PK006') {
      const minutes = pythonInt(value)
      if (minutes === null) return { next: 'restart', state: now }
      now = { ...now, intervalSeconds: Math.max(minutes * 60, SHORTEST_INTERVAL_SECONDS) }
    }
    if (name === 'PK007') sleepSeconds = pythonInt(value) ?? 0
    if (name === 'SUPPORT') service = true
  }
  if (service) return { next: 'service', state: now }
  if (sleepSeconds > 0) return { next: 'sleep', state: now, seconds: sleepSeconds }
  return { next: 'go-on', state: now }
}
