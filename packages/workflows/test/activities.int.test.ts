import { describeActivities } from './suites/activities-suite.ts'

const isThere = process.env['PAIKEA_TEST_MARIADB_SOCKET'] !== undefined
const describeOn = isThere ? describe : describe.skip

describeOn(`activities on MariaDB${isThere ? '' : ' (skipped: PAIKEA_TEST_MARIADB_SOCKET names no server)'}`, () => {
  describeActivities('mariadb')
})
