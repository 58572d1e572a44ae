import type { FleetView, MessageEventData, ReportEventData } from '@paikea/api/contract'
import { applyMessage, applyReport } from './apply-events.ts'

/** What the fleet page shows. */
export interface FleetState {
  /** `null` until loaded once. */
  readonly fleet: FleetView | null
  /** By this machine's clock. */
  readonly readAt: number | null
  /** The last load failed; the data shown is from before. */
  readonly error: Error | null
  /** The service's clock minus this machine's. */
  readonly clockOffsetMs: number
}

/** Keeps the fleet up to date: loaded, then advanced by events, and reloaded whenever events may have been missed. */
export interface FleetStore {
  readonly get: () => FleetState
  readonly subscribe: (listener: () => void) => () => void
  onMessage(message: MessageEventData): void
  onReport(report: ReportEventData): void
  /** Reloads; a call during a load reloads once more afterwards. */
  refresh(): Promise<void>
}

/** @returns the changed fleet, or `null` if the fleet has to be reloaded */
type Change = (fleet: FleetView) => FleetView | null

/** @param read fetches the fleet */
export function createFleetStore(read: () => Promise<FleetView>, now: () => number = Date.now): FleetStore {
  let state: FleetState = { fleet: null, readAt: null, error: null, clockOffsetMs: 0 }
  /** Events that arrived during a load: the response may be older than they are. */
  let meanwhile: Change[] | null = null
  let isWantedAgain = false
  let running: Promise<void> | null = null
  const listeners = new Set<() => void>()

  const set = (next: FleetState): void => {
    state = next
    for (const listener of listeners) listener()
  }
  const apply = (change: Change): void => {
    if (state.fleet === null) return
    const fleet = change(state.fleet)
    if (fleet === null) void refresh()
    else if (fleet !== state.fleet) set({ ...state, fleet })
  }
  const hear = (change: Change): void => {
    if (meanwhile !== null) meanwhile.push(change)
    apply(change)
  }
  async function readOnce(): Promise<void> {
    meanwhile = []
    try {
      const fleet = await read()
      const readAt = now()
      set({ fleet, readAt, error: null, clockOffsetMs: Date.parse(fleet.at) - readAt })
    } catch (error) {
      set({ ...state, error: error instanceof Error ? error : new Error('The fleet cannot be loaded.') })
    }
    const changes = meanwhile
    meanwhile = null
    for (const change of changes) apply(change)
  }
  async function readUntilSettled(): Promise<void> {
    do {
      isWantedAgain = false
      await readOnce()
    } while (isWantedAgain)
  }
  function refresh(): Promise<void> {
    if (running !== null) {
      isWantedAgain = true
      return running
    }
    running = readUntilSettled().finally(() => {
      running = null
    })
    return running
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onMessage: (message) => hear((fleet) => applyMessage(fleet, message)),
    onReport: (report) => hear((fleet) => applyReport(fleet, report)),
    refresh,
  }
}
