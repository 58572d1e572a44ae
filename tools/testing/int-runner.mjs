import jestRunner from 'jest-runner'

const TestRunner = jestRunner.default ?? jestRunner

/** Packages whose suites start no servers and measure nothing: two of them may share the cores. */
const BESIDE = /\/packages\/(api|database|delivery|firmware|packets|rockblock-client)\/test\//u

/**
 * Jest's own runner, with one worker process for suites that start whole services: side by side on two cores they would measure each other.
 * The others go first, two at a time. Always processes of their own, so that a native handle left open cannot hold up the whole run.
 */
export default class IntRunner extends TestRunner {
  /** Takes what Jest gives. */
  constructor(globalConfig, context) {
    super(globalConfig, context)
    this.alone = new TestRunner({ ...globalConfig, maxWorkers: 1 }, context)
  }

  /** Whoever listens hears of both groups. */
  on(eventName, listener) {
    const offs = [super.on(eventName, listener), this.alone.on(eventName, listener)]
    return () => offs.forEach((off) => off())
  }

  /** Runs the suites in two groups, one after the other. */
  async runTests(tests, watcher, options) {
    const isBeside = ({ path }) => BESIDE.test(path)
    const beside = tests.filter(isBeside)
    if (beside.length > 0) await super.runTests(beside, watcher, options)
    const rest = tests.filter((test) => !isBeside(test))
    if (rest.length > 0 && !watcher.isInterrupted()) await this.alone.runTests(rest, watcher, options)
  }
}
