import type { Firmware, FirmwareEffect, FirmwareEvent, FirmwareStep, Surroundings } from '../firmware.ts'
import { printPk001 } from '../pk001.ts'
import { pauseAfterMs } from '../sessions.ts'
import { obeyCommands } from './commands.ts'
import { type BuoyV2State, buoyV2Off, buoyV2StateSchema } from './state.ts'

type Step = FirmwareStep<BuoyV2State>

const FIX_TIMEOUT_MS = 900_000

/** Firmware v2 (MicroPython): periods count from the last send; silent without a fix; settings are stored. */
export const buoyV2: Firmware<BuoyV2State> = {
  off: buoyV2Off,
  restore: (value) => buoyV2StateSchema.parse(value),
  step,
  view: (state) => ({
    phase: state.phase,
    intervalMinutes: state.intervalSeconds / 60,
    details: { beaconOn: state.beaconOn },
  }),
}

function step(state: BuoyV2State, event: FirmwareEvent, surroundings: Surroundings): Step {
  const { nowMs, batteryVolts } = surroundings
  switch (event.kind) {
    case 'power-on':
      return start(state)
    case 'power-off':
      return halt(state, 'off')
    case 'timer':
      return onTimer(state, nowMs)
    case 'fix':
      if (state.phase !== 'fixing') return stay(state)
      if (event.fix === null) return idle({ ...state, periodFromMs: nowMs }, nowMs)
      return send(
        { ...state, periodFromMs: nowMs },
        printPk001(event.fix, { status: state.beaconOn ? 1 : 0, batteryVolts }),
      )
    case 'session':
      if (state.phase !== 'sending') return stay(state)
      return event.succeeded ? sent(state, event.mt, event.waiting, nowMs) : failed(state, nowMs)
    case 'ring':
    case 'ask':
      return stay(state)
  }
}

/** Power-on, and every restart of the program: reports at once. Only the stored interval survives. */
function start(state: BuoyV2State): Step {
  return takeFix({ ...buoyV2Off, intervalSeconds: state.intervalSeconds })
}

function takeFix(state: BuoyV2State): Step {
  return {
    state: { ...state, phase: 'fixing' },
    effects: [
      { kind: 'wake', atMs: null },
      { kind: 'gps', timeoutMs: FIX_TIMEOUT_MS },
    ],
  }
}

function onTimer(state: BuoyV2State, nowMs: number): Step {
  switch (state.phase) {
    case 'idle':
      return takeFix(state)
    case 'asleep':
      return idle(state, nowMs)
    case 'pausing':
      return { state: { ...state, phase: 'sending' }, effects: [{ kind: 'session', text: state.text }] }
    case 'off':
    case 'fixing':
    case 'sending':
    case 'service':
      return stay(state)
  }
}

function send(state: BuoyV2State, text: string): Step {
  return { state: { ...state, phase: 'sending', text, failed: 0 }, effects: [{ kind: 'session', text }] }
}

function failed(state: BuoyV2State, nowMs: number): Step {
  const pauseMs = pauseAfterMs(state.failed + 1)
  if (pauseMs === null) return idle(state, nowMs)
  return {
    state: { ...state, phase: 'pausing', failed: state.failed + 1 },
    effects: [{ kind: 'wake', atMs: nowMs + pauseMs }],
  }
}

function sent(state: BuoyV2State, mt: string | null, waiting: number, nowMs: number): Step {
  const after = obeyCommands(state, mt ?? '')
  switch (after.next) {
    case 'restart':
      return start(after.state)
    case 'service':
      return halt(after.state, 'service')
    case 'sleep': {
      const wake: FirmwareEffect = { kind: 'wake', atMs: nowMs + after.seconds * 1000 }
      return { state: { ...after.state, phase: 'asleep' }, effects: [{ kind: 'hardware-off' }, wake] }
    }
    case 'go-on':
      // Mailbox checks fetch what the gateway still holds.
      return waiting > 0 ? send(after.state, '') : idle(after.state, nowMs)
  }
}

/** Waits for the end of the period, which may already be over. */
function idle(state: BuoyV2State, nowMs: number): Step {
  const dueMs = state.periodFromMs + state.intervalSeconds * 1000
  return { state: { ...state, phase: 'idle', text: '' }, effects: [{ kind: 'wake', atMs: Math.max(dueMs, nowMs) }] }
}

function halt(state: BuoyV2State, phase: 'off' | 'service'): Step {
  return {
    state: { ...buoyV2Off, intervalSeconds: state.intervalSeconds, phase },
    effects: [{ kind: 'hardware-off' }, { kind: 'wake', atMs: null }],
  }
}

function stay(state: BuoyV2State): Step {
  return { state, effects: [] }
}
