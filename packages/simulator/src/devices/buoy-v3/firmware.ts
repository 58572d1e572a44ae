import type { Firmware, FirmwareEffect, FirmwareEvent, FirmwareStep, Fix, Surroundings } from '../firmware.ts'
import { DEFAULT_INTERVAL_MINUTES, jamsModemReader, readCommand } from './command.ts'
import { GIVE_UP_AFTER_MS, MOST_RETRIES, nextDueMs, nextRetryMs, SHORTEST_SLEEP_MS } from './grid.ts'
import { printPk101 } from './report.ts'
import { type BuoyV3State, buoyV3Off, buoyV3StateSchema } from './state.ts'

type Step = FirmwareStep<BuoyV3State>

// The GPS gets 4 of the 6 minutes an attempt may take.
const FIX_TIMEOUT_MS = 240_000

/** Firmware v3 (3.1.2, C++): reports on a grid from midnight, replies to commands, loses its settings without power. */
export const buoyV3: Firmware<BuoyV3State> = {
  off: buoyV3Off,
  restore: (value) => buoyV3StateSchema.parse(value),
  step,
  view: (state) => ({
    phase: state.phase,
    intervalMinutes: state.phase === 'off' ? null : state.intervalMinutes,
    details: { reason: state.reason, waitingChange: state.change, retriesLeft: state.retriesLeft },
  }),
}

function step(state: BuoyV3State, event: FirmwareEvent, surroundings: Surroundings): Step {
  const { nowMs } = surroundings
  switch (event.kind) {
    case 'power-on':
      return startTry({ ...buoyV3Off, clockBehindMs: nowMs }, nowMs)
    case 'power-off':
      return { state: buoyV3Off, effects: [{ kind: 'hardware-off' }, { kind: 'wake', atMs: null }] }
    case 'timer':
      if (state.phase === 'off') return stay(state)
      return state.phase === 'asleep' ? startTry(state, nowMs) : giveUp(state, nowMs)
    case 'fix':
      return state.phase === 'fixing' ? sendReport(state, event.fix, surroundings) : stay(state)
    case 'session':
      if (state.phase !== 'sending') return stay(state)
      // A failed session is retried at once, until the 6 minutes are over.
      if (!event.succeeded) return { state, effects: [{ kind: 'session', text: state.text ?? '' }] }
      return gotThrough(state, event.mt, nowMs)
    case 'ring':
    case 'ask':
      return stay(state)
  }
}

function startTry(state: BuoyV3State, nowMs: number): Step {
  return {
    state: { ...state, phase: 'fixing', wokeAtMs: nowMs, readAtMs: nowMs, text: null },
    effects: [
      { kind: 'wake', atMs: nowMs + GIVE_UP_AFTER_MS },
      { kind: 'gps', timeoutMs: FIX_TIMEOUT_MS },
    ],
  }
}

function sendReport(state: BuoyV3State, fix: Fix | null, surroundings: Surroundings): Step {
  const { nowMs } = surroundings
  // The first fix sets the clock, which keeps running through sleep.
  const read = { ...state, readAtMs: nowMs, clockBehindMs: fix === null ? state.clockBehindMs : 0 }
  const text = printPk101(read, fix, surroundings)
  return { state: { ...read, phase: 'sending', text }, effects: [{ kind: 'session', text }] }
}

function gotThrough(state: BuoyV3State, mt: string | null, nowMs: number): Step {
  // The driver hangs until the attempt is given up; nothing sent counts as sent.
  if (mt !== null && jamsModemReader(mt)) return { state: { ...state, phase: 'jammed' }, effects: [] }
  const sleepMs = (state.change?.sleepSeconds ?? 0) * 1000
  const sent: BuoyV3State = {
    ...state,
    reason: sleepMs > 0 ? 2 : 0,
    intervalMinutes: state.change?.intervalMinutes ?? state.intervalMinutes,
    change: null,
    retriesLeft: MOST_RETRIES,
  }
  const told = mt === null || mt === '' ? sent : takeCommand(sent, mt)
  // A sleep precedes the reply to a command fetched by the reply to PK007.
  if (sleepMs > 0) return sleepUntil(told, nowMs, nowMs + sleepMs)
  return sleepUntil(told, nowMs, told === sent ? regularMs(told) : nowMs)
}

/** Handles one MT text: a change that waits for its reply, or an error, which also drops a change that still waits. */
export function takeCommand(state: BuoyV3State, mt: string): BuoyV3State {
  const change = readCommand(mt)
  if (change === null) return { ...state, reason: 4, change: null }
  return { ...state, reason: 3, change, intervalMinutes: DEFAULT_INTERVAL_MINUTES }
}

function giveUp(state: BuoyV3State, nowMs: number): Step {
  const regular = regularMs(state)
  const clockMs = nowMs - state.clockBehindMs
  const retry = nextRetryMs(clockMs, regular - state.clockBehindMs, state.retriesLeft)
  const next =
    retry === null
      ? sleepUntil({ ...state, retriesLeft: MOST_RETRIES }, nowMs, regular)
      : sleepUntil({ ...state, retriesLeft: state.retriesLeft - 1 }, nowMs, retry + state.clockBehindMs)
  return { state: next.state, effects: [{ kind: 'hardware-off' }, ...next.effects] }
}

/**
 * The next regular report, true time. It counts from the fix: a mark that passes while sending is made up for at once.
 */
function regularMs(state: BuoyV3State): number {
  return nextDueMs(state.readAtMs - state.clockBehindMs, state.intervalMinutes) + state.clockBehindMs
}

function sleepUntil(state: BuoyV3State, nowMs: number, untilMs: number): Step {
  const wake: FirmwareEffect = { kind: 'wake', atMs: Math.max(untilMs, nowMs + SHORTEST_SLEEP_MS) }
  return { state: { ...state, phase: 'asleep', text: null }, effects: [wake] }
}

function stay(state: BuoyV3State): Step {
  return { state, effects: [] }
}
