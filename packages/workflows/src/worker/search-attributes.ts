import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import type { ConnectionLike } from '@temporalio/client'

import { searchAttributeNames } from '../contract/names.ts'

/** Typed keys for starting workflows. */
export const searchAttributeKeys = {
  imei: defineSearchAttributeKey(searchAttributeNames.imei, SearchAttributeType.KEYWORD),
  device: defineSearchAttributeKey(searchAttributeNames.device, SearchAttributeType.KEYWORD),
  sourceImei: defineSearchAttributeKey(searchAttributeNames.sourceImei, SearchAttributeType.KEYWORD),
  needsOperator: defineSearchAttributeKey(searchAttributeNames.needsOperator, SearchAttributeType.BOOL),
}

// Values of the API's IndexedValueType.
const KEYWORD = 2
const BOOL = 5

const wanted: Readonly<Record<string, number>> = {
  [searchAttributeNames.imei]: KEYWORD,
  [searchAttributeNames.device]: KEYWORD,
  [searchAttributeNames.sourceImei]: KEYWORD,
  [searchAttributeNames.needsOperator]: BOOL,
  [searchAttributeNames.parkReason]: KEYWORD,
}

/**
 * Registers our missing search attributes in a namespace; idempotent. Where the server forbids it (Temporal Cloud), an
 * administrator has to do it, and workflows start without attributes until then.
 *
 * @throws the gRPC error
 */
export async function registerSearchAttributes(options: {
  readonly connection: ConnectionLike
  readonly namespace: string
}): Promise<{ readonly added: readonly string[] }> {
  const { connection, namespace } = options
  const present = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(wanted).filter(([name]) => !(name in (present.customAttributes ?? {})))
  if (missing.length === 0) return { added: [] }
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) })
  return { added: missing.map(([name]) => name) }
}
