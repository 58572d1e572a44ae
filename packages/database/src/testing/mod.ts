/** Basis of other packages' tests: private migrated databases, and rows to fill them. */
export * from './factories.ts'
export { filtersOfLists, plansOf, walksOf } from './filters-of-lists.ts'
export { newInbound, newReport } from './new-inbound.ts'
export { databaseKinds, type DatabaseKind, openTestDatabase, type TestDatabase } from './test-database.ts'
export { silenceProcess } from './processes.ts'
