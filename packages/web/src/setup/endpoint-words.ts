import type { EndpointView } from '@paikea/api/contract'

const STATES: Readonly<Record<EndpointView['state'], string>> = {
  active: 'in use',
  paused: 'paused',
  parked: 'parked: it needs an operator',
}

/** An endpoint's state, in words. */
export function stateWord(state: EndpointView['state']): string {
  return STATES[state]
}

/** The address fields of all endpoint kinds. */
const ADDRESS_FIELDS = ['url', 'queueUrl', 'queueName', 'imei', 'serial'] as const

/** An endpoint's address, in its kind's notation. */
export function addressWords(endpoint: EndpointView): string {
  const fields: Readonly<Record<string, unknown>> = endpoint
  const found = ADDRESS_FIELDS.map((name) => fields[name]).find((value) => typeof value === 'string')
  return typeof found === 'string' ? found : endpoint.kind
}

/** One line that identifies an endpoint. */
export function endpointName(endpoint: EndpointView): string {
  return `${endpoint.label ?? endpoint.kind}: ${addressWords(endpoint)}`
}
