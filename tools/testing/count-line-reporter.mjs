import { writeFileSync } from 'node:fs'

/**
 * Ends the run with one plain line, `N passed, N failed, N skipped`, and makes skipped tests a failure under `CI=true`.
 * A file that could not run at all counts as one failed test.
 */
export default class CountLineReporter {
  /** Jest calls this after the run: returning an error fails it. */
  getLastError() {
    return this.error
  }

  /** Stores the counts so far for whoever has to kill a hanging run. */
  onTestResult(_test, _result, results) {
    writeProgress(results, null)
  }

  /** Prints the names of skipped tests, then the line. */
  onRunComplete(_contexts, results) {
    const { passed, failed, skipped } = counts(results)
    writeProgress(results, Date.now())
    const isCi = process.env.CI === 'true' || process.env.CI === '1'
    if (skipped > 0 && isCi) {
      this.error = new Error(`${skipped} skipped under CI`)
      for (const name of skippedNames(results)) process.stderr.write(`skipped, which CI does not allow: ${name}\n`)
    }
    if (results.numTotalTests === 0) this.error = new Error('no test ran')
    const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`
    // Jest prints its own summary after every reporter: only the exit of the process is late enough to be last. `npm
    // test` prints the line itself.
    if (process.env.PAIKEA_TEST_PROGRESS === undefined) process.once('exit', () => process.stdout.write(line))
  }
}

function* skippedNames(results) {
  for (const file of results.testResults)
    for (const test of file.testResults)
      if (test.status === 'pending' || test.status === 'todo') yield `${test.fullName} (${file.testFilePath})`
}

function counts(results) {
  const brokenFiles = results.testResults.filter((file) => file.testExecError != null && file.numFailingTests === 0)
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenFiles.length,
    skipped: results.numPendingTests + results.numTodoTests,
  }
}

function writeProgress(results, completedAt) {
  const file = process.env.PAIKEA_TEST_PROGRESS
  if (file === undefined) return
  const failedFiles = results.testResults.filter(isFailed).map(({ testFilePath }) => testFilePath)
  writeFileSync(file, JSON.stringify({ ...counts(results), failedFiles, completedAt }))
}

function isFailed({ numFailingTests, testExecError }) {
  return numFailingTests > 0 || testExecError != null
}
