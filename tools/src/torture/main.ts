import { readOptions, USAGE } from './options.ts'
import { torture } from './torture.ts'

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), Date.now())
  if (options === 'help') return void process.stdout.write(USAGE)
  const { isClean, folder } = await torture(options, (line) => process.stdout.write(`${line}\n`))
  if (folder !== null) process.stdout.write(`kept: ${folder}\n`)
  // Anything still running is a fault of the torture run and must not delay the verdict.
  process.exit(isClean ? 0 : 1)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(2)
})
