import type { DeliveryDeps } from '@paikea/delivery'
import type { Intake } from '@paikea/intake'
import type { FirmwareDeps } from './firmware/firmware-deps.ts'

/** All that activities need from outside. */
export interface ActivityDeps extends DeliveryDeps {
  readonly intake: Pick<Intake, 'acceptEnvelope'>
  /** @default work on firmware fails until it is given */
  readonly firmware?: Omit<FirmwareDeps, 'db' | 'log'>
}
