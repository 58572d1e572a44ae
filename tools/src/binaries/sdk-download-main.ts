/** `node sdk-download-main.js <dev-server|time-skipping> <folder>`: lets the Temporal SDK fetch its server into a folder. */
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [, , server, downloadDir] = process.argv
if (downloadDir === undefined) throw new Error('usage: sdk-download-main <dev-server|time-skipping> <folder>')
const executable = { type: 'cached-download', downloadDir } as const
const environment =
  server === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
    : await TestWorkflowEnvironment.createLocal({ server: { executable } })
await environment.teardown()
