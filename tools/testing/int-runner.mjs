import jestRunner from 'jest-runner'

const TestRunner = jestRunner.default ?? jestRunner

/**
 * Suites that kill and pause what they start, fill disks, drive a browser or run a whole system get the machine to
 * themselves.
 */
const ALONE =
  /\/(tools|packages\/web)\/test\/|\/packages\/workflows\/test\/(crash|days|outage)\.|\/packages\/server\/test\/(backup|database-away|processes)\./u

/**
 * Jest's own runner, with a single worker process for the suites above: in parallel on two cores they would disturb
 * each other. The others go first, two at a time. Always in child processes, so that a leaked native handle cannot hold
 * up the whole run.
 */
export default class IntRunner extends TestRunner {
  /** Takes Jest's own arguments. */
  constructor(globalConfig, context) {
    super(globalConfig, context)
    this.alone = new TestRunner({ ...globalConfig, maxWorkers: 1 }, context)
  }

  /** Listeners receive the events of both groups. */
  on(eventName, listener) {
    const offs = [super.on(eventName, listener), this.alone.on(eventName, listener)]
    return () => offs.forEach((off) => off())
  }

  /** Runs the suites in two groups, one after the other. */
  async runTests(tests, watcher, options) {
    const beside = tests.filter(({ path }) => !ALONE.test(path))
    if (beside.length > 0) await super.runTests(beside, watcher, options)
    const rest = tests.filter(({ path }) => ALONE.test(path))
    if (rest.length > 0 && !watcher.isInterrupted()) await this.alone.runTests(rest, watcher, options)
  }
}
