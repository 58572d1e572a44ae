import type { Database } from '../database.ts'
import type { NewInbound, StoreOutcome } from './types.ts'

export async function storeBatch(_db: Database, _items: readonly NewInbound[]): Promise<StoreOutcome[]> {
  throw new Error('not there yet')
}
