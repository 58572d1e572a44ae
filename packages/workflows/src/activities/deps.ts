import type { DeliveryDeps } from '@paikea/delivery'
import type { Intake } from '@paikea/intake'
import type { FirmwareDeps } from './firmware/firmware-deps.ts'

/** What activities need from outside. */
export interface ActivityDeps extends DeliveryDeps {
  readonly intake: Pick<Intake, 'acceptEnvelope'>
  /** @default none: firmware activities fail and are retried elsewhere */
  readonly firmware?: Omit<FirmwareDeps, 'db' | 'log'>
}
