import { buoyV2 } from './buoy-v2/firmware.ts'
import { buoyV3 } from './buoy-v3/firmware.ts'
import type { DeviceSpec } from './device-spec.ts'
import type { Firmware, FirmwareEffect, FirmwareEvent, FirmwareView, Surroundings } from './firmware.ts'
import { handset } from './handset/firmware.ts'
import { rockStar } from './rockstar/firmware.ts'

/** A firmware together with its state, which gives all kinds of devices one interface. */
export interface RunningFirmware {
  handle(event: FirmwareEvent, surroundings: Surroundings): readonly FirmwareEffect[]
  view(): FirmwareView
  /** The state as plain JSON. */
  dump(): unknown
  /** Resumes from a dumped state. */
  load(state: unknown): void
}

/** The firmware a device runs. */
export function firmwareFor(spec: Pick<DeviceSpec, 'kind' | 'generation'>): RunningFirmware {
  switch (spec.kind) {
    case 'buoy':
      return spec.generation === 'v2' ? run(buoyV2) : run(buoyV3)
    case 'handset':
      return run(handset)
    case 'rockstar':
      return run(rockStar)
  }
}

function run<State>(firmware: Firmware<State>): RunningFirmware {
  let state = firmware.off
  return {
    handle(event, surroundings) {
      const step = firmware.step(state, event, surroundings)
      state = step.state
      return step.effects
    },
    view: () => firmware.view(state),
    dump: () => state,
    load(value) {
      state = firmware.restore(value)
    },
  }
}
