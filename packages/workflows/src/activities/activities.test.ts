import { describeActivities } from '../../test/suites/activities-suite.ts'

describe('activities on SQLite', () => {
  describeActivities('sqlite')
})
