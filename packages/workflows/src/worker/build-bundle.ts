import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { buildWorkflowBundle, PREBUILT_BUNDLE_NAME } from './workflow-bundle.ts'

// Run by `npm run build` after the compiler: `node dist/worker/build-bundle.js`.
const silent = (): void => undefined
const { code } = await buildWorkflowBundle({
  logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent },
})
await writeFile(fileURLToPath(new URL(`../${PREBUILT_BUNDLE_NAME}`, import.meta.url)), code)
