import type { DeliveryDeps } from '@paikea/delivery'
import type { Intake } from '@paikea/intake'

/** All that activities need from outside. */
export interface ActivityDeps extends DeliveryDeps {
  readonly intake: Pick<Intake, 'acceptEnvelope'>
}
