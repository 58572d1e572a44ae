import type { EndpointView } from '@paikea/api/contract'

const STATES: Readonly<Record<EndpointView['state'], string>> = {
  active: 'in use',
  paused: 'paused',
  parked: 'parked: it needs a person',
}

/** How it stands with an endpoint, in words. */
export function stateWord(state: EndpointView['state']): string {
  return STATES[state]
}

/** The fields in which the kinds of endpoints write their address. */
const ADDRESS_FIELDS = ['url', 'queueUrl', 'queueName', 'imei', 'serial'] as const

/** Where an endpoint leads, as its kind writes it. */
export function addressWords(endpoint: EndpointView): string {
  const fields: Readonly<Record<string, unknown>> = endpoint
  const found = ADDRESS_FIELDS.map((name) => fields[name]).find((value) => typeof value === 'string')
  return typeof found === 'string' ? found : endpoint.kind
}

/** An endpoint among others, in one line. */
export function endpointName(endpoint: EndpointView): string {
  return `${endpoint.label ?? endpoint.kind}: ${addressWords(endpoint)}`
}
