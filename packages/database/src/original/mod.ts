export { findPayloads } from './find-payloads.ts'
export { openOriginal, type OriginalDatabase } from './open-original.ts'
export {
  ORIGINAL_FIELDS,
  type OriginalDevice,
  type OriginalMessage,
  type OriginalModem,
  type OriginalPush,
  type OriginalQueue,
  type OriginalRoute,
  type OriginalTracker,
} from './rows.ts'
export { findImported, MAX_HISTORY_ITEMS, storeHistory } from './store-history.ts'
