import type { DeviceView } from '@paikea/api/contract'
import { encodeCommand } from '@paikea/packets'
import type { Order } from './command-words.ts'

/** The vendor's tariff: one credit per started 50 bytes. */
const BYTES_PER_CREDIT = 50

/** What an order will cost, or why its device would not accept it. */
export type Price = { readonly credits: number } | { readonly problem: string }

/**
 * Prices an order before it is sent, by the very text that would be sent; an unspecified firmware counts as the newer
 * one.
 */
export function priceOf(order: Order, device: Pick<DeviceView, 'generation'>): Price {
  const text = encodeCommand(order, { generation: device.generation ?? 'v3' })
  if (!text.ok) return { problem: text.problem.detail }
  return { credits: Math.max(1, Math.ceil(text.text.length / BYTES_PER_CREDIT)) }
}
