import type { WaitingDelivery } from '@paikea/database'

/** Passes turns on to deliveries that wait in this process, in their workflows, or as rows. */
export interface Turns {
  wake(delivery: WaitingDelivery): void
  /** Wakes the deliveries in this process that wait for messages of these devices. */
  wakeDevices(deviceIds: ReadonlySet<number>): void
}
