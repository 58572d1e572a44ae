import type { Firmware, FirmwareEvent, FirmwareStep, Surroundings } from '../firmware.ts'
import { type RockStarState, rockStarOff, rockStarStateSchema } from './state.ts'

type Step = FirmwareStep<RockStarState>

const INTERVAL_MS = 600_000
const FIX_TIMEOUT_MS = 120_000
const RETRY_AFTER_MS = 60_000

/**
 * A tracking RockSTAR: reports at once when switched on, then every ten minutes. Without a fix it skips the report;
 * without a satellite it retries every minute until the next one is due, which replaces it.
 */
export const rockStar: Firmware<RockStarState> = {
  off: rockStarOff,
  restore: (value) => rockStarStateSchema.parse(value),
  step,
  view: (state) => ({ phase: state.phase, intervalMinutes: INTERVAL_MS / 60_000, details: {} }),
}

function step(state: RockStarState, event: FirmwareEvent, { nowMs }: Surroundings): Step {
  switch (event.kind) {
    case 'power-on':
      return takeFix(nowMs)
    case 'power-off':
      return { state: rockStarOff, effects: [{ kind: 'hardware-off' }, { kind: 'wake', atMs: null }] }
    case 'timer':
      if (state.phase === 'idle') return takeFix(nowMs)
      return state.phase === 'pausing' ? send(state) : stay(state)
    case 'fix':
      return state.phase === 'fixing' ? send({ ...state, fix: event.fix }) : stay(state)
    case 'session':
      if (state.phase !== 'sending') return stay(state)
      return event.succeeded ? idle(state) : retry(state, nowMs)
    case 'ring':
    case 'ask':
      return stay(state)
  }
}

function takeFix(nowMs: number): Step {
  return {
    state: { phase: 'fixing', periodFromMs: nowMs, fix: null },
    effects: [
      { kind: 'wake', atMs: null },
      { kind: 'gps', timeoutMs: FIX_TIMEOUT_MS },
    ],
  }
}

function send(state: RockStarState): Step {
  if (state.fix === null) return idle(state)
  return { state: { ...state, phase: 'sending' }, effects: [{ kind: 'session', text: '', fix: state.fix }] }
}

function retry(state: RockStarState, nowMs: number): Step {
  const atMs = nowMs + RETRY_AFTER_MS
  if (atMs >= dueMs(state)) return idle(state)
  return { state: { ...state, phase: 'pausing' }, effects: [{ kind: 'wake', atMs }] }
}

function idle(state: RockStarState): Step {
  return { state: { ...state, phase: 'idle', fix: null }, effects: [{ kind: 'wake', atMs: dueMs(state) }] }
}

function dueMs(state: RockStarState): number {
  return state.periodFromMs + INTERVAL_MS
}

function stay(state: RockStarState): Step {
  return { state, effects: [] }
}
