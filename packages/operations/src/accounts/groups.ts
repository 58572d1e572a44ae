import { ensureGroup, type Database, type GroupRow } from '@paikea/database'

/** The group that the first start creates; anything created without a group belongs to it. */
export const DEFAULT_GROUP_NAME = 'default'

/** The group that everything belongs to while there is only one. Created if it does not exist; safe from several processes. */
export function ensureDefaultGroup(db: Database): Promise<GroupRow> {
  return ensureGroup(db, { name: DEFAULT_GROUP_NAME })
}
