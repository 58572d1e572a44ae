import type { EndpointValues } from '@paikea/database'

import type { Target } from './target.ts'

/** Values of the row of an endpoint of this kind. */
export function endpointValues(
  target: Target,
  endpoint: Pick<EndpointValues, 'groupId' | 'config'> & Partial<Pick<EndpointValues, 'label' | 'format' | 'modemId'>>,
): EndpointValues {
  const { groupId, config, label = null, format = null, modemId = null } = endpoint
  return { groupId, kind: target.kind, label, format, modemId, config, addressKey: target.keyOf(config) }
}
