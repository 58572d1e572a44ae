import { type Database, NotPreparedError } from '@paikea/database'

/** A database that takes no write before this process knows its tables to be those of this version. */
export interface StoreGate {
  readonly db: Database
  open(): void
}

/** Until the gate is open nothing is written, and who asks (the intake, `/readyz`) is told so; reading goes through. */
export function gateStore(db: Database): StoreGate {
  let isOpen = false
  const checkOpen = (): void => {
    if (!isOpen) throw new NotPreparedError('the tables have not been looked at yet')
  }
  return {
    db: {
      ...db,
      tryWrite: async () => {
        checkOpen()
        return db.tryWrite()
      },
      write: async (work) => {
        checkOpen()
        return db.write(work)
      },
      writeStatements: async (work) => {
        checkOpen()
        return db.writeStatements(work)
      },
    },
    open() {
      isOpen = true
    },
  }
}
