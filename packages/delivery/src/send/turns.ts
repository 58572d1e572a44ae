import type { WaitingDelivery } from '@paikea/database'

/** Passes turns on: to a delivery that waits in this process, in its workflow, or as a row. */
export interface Turns {
  wake(delivery: WaitingDelivery): void
  /** Messages of these devices were acted on: their deliveries that wait in this process should look again. */
  wakeDevices(deviceIds: ReadonlySet<number>): void
}
