import jestRunner from 'jest-runner'

const TestRunner = jestRunner.default ?? jestRunner

/**
 * Jest's own runner with one worker process: tests with real services share two cores with those services, and side by
 * side they would measure each other. A process of its own, so that a native handle left open cannot hold up the whole run.
 */
export default class OneWorkerRunner extends TestRunner {
  /** Takes what Jest gives and narrows the number of workers. */
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context)
  }
}
