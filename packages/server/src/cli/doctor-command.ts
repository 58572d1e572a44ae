import { accessSync, constants } from 'node:fs'
import { describeConfig } from '../config/describe-config.ts'
import { type Config, loadConfig } from '../config/load-config.ts'
import { createLog } from '../log/create-log.ts'
import { createTemporalSide } from '../process/temporal-side.ts'
import { createVendorClients } from '../process/vendor-clients.ts'
import { withStore } from './with-store.ts'

interface Finding {
  readonly what: string
  readonly isGood: boolean
  readonly detail: string
}

/** `doctor`: looks at everything the service needs, changes nothing, ends with 1 if something is wrong. */
export async function doctorCommand(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(env)
  for (const [name, value] of Object.entries(describeConfig(config))) process.stdout.write(`        ${name}=${value}\n`)
  const checks = [checkFolder, checkDatabase, checkTemporal, checkVendor]
  let isGood = true
  for (const check of checks) {
    const finding = await check(config, env)
    isGood &&= finding.isGood
    process.stdout.write(`${finding.isGood ? 'ok     ' : 'WRONG  '} ${finding.what}: ${finding.detail}\n`)
  }
  if (!isGood) process.exitCode = 1
}

async function checkFolder({ dataFolder }: Config): Promise<Finding> {
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK)
    return { what: 'data folder', isGood: true, detail: dataFolder }
  } catch {
    return {
      what: 'data folder',
      isGood: false,
      detail: `${dataFolder} is not there or cannot be written: set PAIKEA_DATA`,
    }
  }
}

async function checkDatabase(_config: Config, env: NodeJS.ProcessEnv): Promise<Finding> {
  const what = 'database'
  try {
    return await withStore(env, async (db) => {
      const pending = await db.pendingMigrations()
      return pending.length === 0
        ? { what, isGood: true, detail: `${db.dialect}, tables up to date` }
        : { what, isGood: false, detail: `${db.dialect}, ${pending.length} migrations to run: \`paikea migrate\`` }
    })
  } catch (error) {
    return { what, isGood: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

async function checkTemporal({ temporal }: Config): Promise<Finding> {
  const log = createLog({ level: 'silent', role: 'doctor' })
  const side = createTemporalSide({ temporal, log, eagerStarter: () => null })
  const isGood = await side.isAnswering()
  await side.close()
  const where = `${temporal.connection.address ?? ''}, namespace ${temporal.namespace}`
  return {
    what: 'Temporal',
    isGood,
    detail: isGood ? where : `${where} does not answer: set TEMPORAL_ADDRESS, or start it`,
  }
}

async function checkVendor(config: Config): Promise<Finding> {
  const what = 'RockBLOCK log-in'
  const { modemSender } = createVendorClients(config)
  if (modemSender === null)
    return { what, isGood: true, detail: 'none set (ROCKBLOCK_USER): messages to modems wait for it' }
  const answer = await modemSender.checkCredentials()
  return { what, isGood: answer.credentials === 'right', detail: answer.credentials }
}
