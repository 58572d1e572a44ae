import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import type { ConnectionLike } from '@temporalio/client'

import { searchAttributeNames } from '../contract/names.ts'

/** Keys for starting workflows with. */
export const searchAttributeKeys = {
  imei: defineSearchAttributeKey(searchAttributeNames.imei, SearchAttributeType.KEYWORD),
  device: defineSearchAttributeKey(searchAttributeNames.device, SearchAttributeType.KEYWORD),
  sourceImei: defineSearchAttributeKey(searchAttributeNames.sourceImei, SearchAttributeType.KEYWORD),
  needsOperator: defineSearchAttributeKey(searchAttributeNames.needsOperator, SearchAttributeType.BOOL),
}

// Numbers of the API's IndexedValueType.
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
 * Registers our search attributes in a namespace, those that are missing; doing it again changes nothing. Where the
 * server does not let us (Temporal Cloud), an administrator has to, and workflows start without them until then.
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
