import { type Database, NotPreparedError } from '@paikea/database'

/** A database that takes no message before this process knows its tables to be those of this version. */
export interface StoreGate {
  readonly db: Database
  open(): void
}

/** What asks before it stores, the intake and `/readyz`, is told no until the gate is open; everything else goes through. */
export function gateStore(db: Database): StoreGate {
  let isOpen = false
  return {
    db: {
      ...db,
      tryWrite: async () => {
        if (!isOpen) throw new NotPreparedError('the tables have not been looked at yet')
        return db.tryWrite()
      },
    },
    open() {
      isOpen = true
    },
  }
}
