import { describeConfig } from '../config/describe-config.ts'
import { keptSettingsFile, readKeptSettings } from '../config/kept-settings.ts'
import { loadConfig } from '../config/load-config.ts'
import { createClockNotes, judgeClocks, readDatabaseClock } from './doctor-clock.ts'
import { checkBackup, checkDisk, checkMail, checkPublicAddress } from './doctor-outside.ts'
import { checkCloudloop, checkService, checkTemporal, checkVendor } from './doctor-services.ts'
import { inFolder } from './in-folder.ts'
import { checkFolder, checkStore, checkWebhookSecret, checkWebhookSenders } from './doctor-store.ts'
import type { Installation } from './installation.ts'
import type { DoctorFlags } from './program.ts'

/** `doctor`: checks everything the service needs, changes nothing, exits with 1 if something is wrong. */
export async function doctorCommand(env: NodeJS.ProcessEnv, flags: DoctorFlags): Promise<void> {
  const found = findInstallation(env, flags)
  const { config } = found
  const service = await checkService(found)
  const installation: Installation = { ...found, isStopped: service?.verdict === 'stopped' }
  if (found.isStarted) {
    print(
      `        what \`npm start\` set takes precedence: ${keptSettingsFile(config.dataFolder)} (not with --environment)`,
    )
  }
  for (const [name, value] of Object.entries(describeConfig(config))) print(`        ${name}=${value}`)
  const now = (): Date => new Date()
  const clocks = createClockNotes(now)
  const findings = [
    checkFolder(installation),
    ...(await checkStore(installation)),
    checkWebhookSecret(installation),
    ...checkWebhookSenders(installation),
    ...(service === null ? [] : [service]),
    ...checkDisk(config),
    ...checkBackup(config, new Date()),
    ...(await checkPublicAddress(config, now)),
    ...(await checkMail(config)),
    await checkTemporal(installation),
    ...(await checkCloudloop(installation, clocks.fetch)),
    await checkVendor(installation, clocks.fetch),
    // After all who were asked.
    ...judgeClocks([...clocks.readings, ...(await readDatabaseClock(installation, now))]),
  ]
  for (const { verdict, what, detail } of findings) print(`${verdict.padEnd(7)} ${what}: ${detail}`)
  if (findings.some(({ verdict }) => verdict === 'WRONG')) process.exitCode = 1
}

/**
 * The installation in the data folder: if `npm start` has used it, with the settings of that start; otherwise as the
 * environment says.
 */
function findInstallation(env: NodeJS.ProcessEnv, flags: DoctorFlags): Omit<Installation, 'isStopped'> {
  const own = inFolder(env, flags.data)
  const config = loadConfig(own)
  const kept = flags.environment === true ? null : readKeptSettings(config.dataFolder)
  if (kept === null) return { env: own, config, isStarted: false }
  const settings = { ...own, ...kept }
  return { env: settings, config: loadConfig(settings), isStarted: true }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
