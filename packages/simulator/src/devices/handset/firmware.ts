import type { Firmware, FirmwareEvent, FirmwareStep, Surroundings } from '../firmware.ts'
import { printPk001 } from '../pk001.ts'
import { pauseAfterMs } from '../sessions.ts'
import { readDisplayedBuoy } from './display.ts'
import { type HandsetState, handsetOff, handsetStateSchema } from './state.ts'

type Step = FirmwareStep<HandsetState>

const INTERVAL_MS = 600_000
const FIX_TIMEOUT_MS = 120_000

/**
 * A handset (MicroPython): reports its own position, shows a buoy's, requests settings, and listens for ring alerts.
 */
export const handset: Firmware<HandsetState> = {
  off: handsetOff,
  restore: (value) => handsetStateSchema.parse(value),
  step,
  view: (state) => ({
    phase: state.phase,
    intervalMinutes: INTERVAL_MS / 60_000,
    details: { buoy: state.buoy, asked: state.asked },
  }),
}

function step(state: HandsetState, event: FirmwareEvent, { nowMs }: Surroundings): Step {
  if (state.phase === 'off' && event.kind !== 'power-on') return stay(state)
  switch (event.kind) {
    case 'power-on':
      return takeFix(handsetOff)
    case 'power-off':
      return { state: handsetOff, effects: [{ kind: 'hardware-off' }, { kind: 'wake', atMs: null }] }
    case 'timer':
      if (state.phase === 'idle') return takeFix(state)
      if (state.phase !== 'pausing') return stay(state)
      return { state: { ...state, phase: 'sending' }, effects: [{ kind: 'session', text: state.text }] }
    case 'fix':
      if (state.phase !== 'fixing') return stay(state)
      if (event.fix === null) return next({ ...state, periodFromMs: nowMs }, nowMs)
      return send({ ...state, periodFromMs: nowMs }, printPk001(event.fix, {}))
    case 'session':
      if (state.phase !== 'sending') return stay(state)
      return event.succeeded ? sent(state, event.mt, event.waiting, nowMs) : failed(state, nowMs)
    case 'ring':
      return ifIdle({ ...state, rang: true }, nowMs)
    case 'ask':
      return ifIdle({ ...state, asked: [...state.asked, event.text] }, nowMs)
  }
}

function takeFix(state: HandsetState): Step {
  return {
    state: { ...state, phase: 'fixing' },
    effects: [
      { kind: 'wake', atMs: null },
      { kind: 'gps', timeoutMs: FIX_TIMEOUT_MS },
    ],
  }
}

function send(state: HandsetState, text: string): Step {
  return { state: { ...state, phase: 'sending', text, failed: 0 }, effects: [{ kind: 'session', text }] }
}

function failed(state: HandsetState, nowMs: number): Step {
  const pauseMs = pauseAfterMs(state.failed + 1)
  if (pauseMs === null) return next(state, nowMs)
  return {
    state: { ...state, phase: 'pausing', failed: state.failed + 1 },
    effects: [{ kind: 'wake', atMs: nowMs + pauseMs }],
  }
}

function sent(state: HandsetState, mt: string | null, waiting: number, nowMs: number): Step {
  const buoy = readDisplayedBuoy(mt ?? '') ?? state.buoy
  return next({ ...state, buoy, rang: waiting > 0 }, nowMs)
}

/** What to do when the radio is free: requests first, then the mailbox, otherwise wait for the next report. */
function next(state: HandsetState, nowMs: number): Step {
  const [first, ...others] = state.asked
  if (first !== undefined) return send({ ...state, asked: others }, first)
  if (state.rang) return send({ ...state, rang: false }, '')
  return {
    state: { ...state, phase: 'idle', text: '' },
    effects: [{ kind: 'wake', atMs: Math.max(nowMs, state.periodFromMs + INTERVAL_MS) }],
  }
}

function ifIdle(state: HandsetState, nowMs: number): Step {
  return state.phase === 'idle' ? next(state, nowMs) : stay(state)
}

function stay(state: HandsetState): Step {
  return { state, effects: [] }
}
