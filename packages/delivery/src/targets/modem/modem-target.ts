import type { EndpointValues } from '@paikea/database'

import { endpointValues } from '../endpoint-values.ts'
import { modem } from './modem.ts'

/** Columns of a delivery to a modem that a person chose. */
export function modemTarget(imei: string): {
  readonly targetKind: string
  readonly targetKey: string
  readonly imei: string
  readonly serial: null
} {
  return { targetKind: modem.kind, targetKey: modem.keyOf({ imei }), imei, serial: null }
}

/** The endpoint that represents a modem in a group. */
export function modemEndpoint(of: {
  readonly groupId: number
  readonly imei: string
  readonly modemId: number
}): EndpointValues {
  const { groupId, imei, modemId } = of
  return endpointValues(modem, { groupId, modemId, config: { imei } })
}
