/**
 * A sea in a box: simulated buoys and handsets, and the satellite vendor with its quirks, behind a real port.
 *
 * @module
 */
export { type Clock } from './clock/clock.ts'
export { VirtualClock } from './clock/virtual-clock.ts'
export { type DemoDevice, demoFleet } from './devices/demo-fleet.ts'
export { Device } from './devices/device.ts'
export { type Conditions, type DeviceSpec, type WebhookStyle } from './devices/device-spec.ts'
export { createSimulator, type SendOrder, type Simulator, type SimulatorOptions } from './simulator.ts'
export { loadSigningKeys } from './gateway/signing-key.ts'
