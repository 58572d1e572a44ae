/** What tests of other packages stand on: private migrated databases and rows to put in. */
export * from './factories.ts'
export { filtersOfLists, plansOf, walksOf } from './filters-of-lists.ts'
export { newInbound, newReport } from './new-inbound.ts'
export { databaseKinds, type DatabaseKind, openTestDatabase, type TestDatabase } from './test-database.ts'
export { silenceProcess } from './processes.ts'
