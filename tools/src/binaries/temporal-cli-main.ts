/** Prints the path of the Temporal command line; what it has to do for it goes to standard error. */
import { temporalCli } from './binary-spec.ts'
import { BinaryNotFoundError, findBinary } from './find-binary.ts'

try {
  const path = await findBinary(temporalCli, { onProgress: (line) => process.stderr.write(`${line}\n`) })
  process.stdout.write(`${path}\n`)
} catch (error) {
  if (!(error instanceof BinaryNotFoundError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
