import type { DatabaseKind } from '@paikea/database/testing'
import { describeActing } from './act-suite.ts'
import { ActivityStage } from './activity-stage.ts'
import { describeCommands } from './commands-suite.ts'
import { describeDelivering } from './deliver-suite.ts'
import { describeOperating } from './operator-suite.ts'
import { describeOvertaking } from './overtaken-suite.ts'
import { describeTurns } from './turns-suite.ts'

/** The same tests for each database. */
export function describeActivities(kind: DatabaseKind): void {
  let opened: ActivityStage | null = null
  // Tests are described before the database is open.
  const stage = new Proxy({} as ActivityStage, {
    get: (_, name) => {
      if (opened === null) throw new Error('the stage is not open yet')
      const value: unknown = Reflect.get(opened, name, opened)
      return typeof value === 'function' ? value.bind(opened) : value
    },
  })

  beforeAll(async () => {
    opened = await ActivityStage.open(kind)
  })
  afterAll(() => opened?.db.drop())
  beforeEach(() => opened?.reset())

  describeActing(stage)
  describeOvertaking(stage)
  describeDelivering(stage)
  describeTurns(stage)
  describeOperating(stage)
  describeCommands(stage)
}
