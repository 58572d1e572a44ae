import type { EndpointValues } from '@paikea/database'

import { endpointValues } from '../endpoint-values.ts'
import { modem } from './modem.ts'

/** The columns of a delivery to a modem that a person named. */
export function modemTarget(imei: string): {
  readonly targetKind: string
  readonly targetKey: string
  readonly imei: string
  readonly serial: null
} {
  return { targetKind: modem.kind, targetKey: modem.keyOf({ imei }), imei, serial: null }
}

/** The endpoint that a modem is to a group. */
export function modemEndpoint(of: {
  readonly groupId: number
  readonly imei: string
  readonly modemId: number
}): EndpointValues {
  const { groupId, imei, modemId } = of
  return endpointValues(modem, { groupId, modemId, config: { imei } })
}
