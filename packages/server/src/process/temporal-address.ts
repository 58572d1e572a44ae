import type { TemporalAddress } from '@paikea/workflows'
import type { TemporalConfig } from '../config/temporal-config.ts'

/** The configured address in the form that the workflows package takes. */
export function temporalAddress({ connection }: TemporalConfig): TemporalAddress {
  const { address, tls, apiKey } = connection
  return {
    address: address ?? '127.0.0.1:7233',
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
  }
}
