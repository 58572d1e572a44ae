import { ROLES, type Role } from '@paikea/domain'
import { Command, Option } from 'commander'
import { addAccountsCommands } from './accounts-program.ts'
import type { ExportFlags } from './export-command.ts'
import { addDeliveryCommands } from './deliveries-program.ts'
import { asTyped, inFolder } from './in-folder.ts'
import { addAirtimeCommands } from './airtime-program.ts'
import { addRecoveryCommands } from './recovery-program.ts'
import { addRoutingCommands } from './routing-program.ts'
import type { ReplayFlags } from './replay-command.ts'

/**
 * The operator's command line. Each command is a separate file, loaded on use: creating a token should not load the
 * worker's machinery. This is only the list.
 */
export function createProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('paikea')
    .description(
      'Paikea, the shore side of a fleet of drifting buoys. Configured by the environment; see .env.example.',
    )
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(--help lists the commands)')
  program
    .command('serve')
    .description('run the service until it is stopped')
    .addOption(new Option('--role <role>', 'role of this process').choices(['all', 'api', 'worker']).default('all'))
    .option('--data <folder>', 'data folder (PAIKEA_DATA)')
    .option('--announce-token', 'give the starting process a token for its set-up, by its channel')
    .action(async ({ data, ...options }: ServeFlags & DataFlags) =>
      (await import('./serve-command.ts')).serveCommand(inFolder(env, data), options),
    )
  program
    .command('migrate')
    .description('migrate the database to this version')
    .addOption(dataOption())
    .action(async (options: DataFlags) =>
      (await import('./migrate-command.ts')).migrateCommand(inFolder(env, options.data)),
    )
  program
    .command('backup')
    .description('write the whole database into one file; the service may be running')
    .requiredOption('--to <file>', 'target file; never overwrites')
    .addOption(dataOption())
    .action(async ({ data, to }: { to: string } & DataFlags) =>
      (await import('./backup-command.ts')).backupCommand(inFolder(env, data), { to: asTyped(env, to) }),
    )
  program
    .command('restore')
    .description('replace the database with a backup; Paikea must be stopped')
    .requiredOption('--from <file>', 'what `paikea backup` wrote')
    .option('--replace', 'even if it holds messages: existing data is moved aside')
    .addOption(dataOption())
    .action(async ({ data, from, replace }: { from: string; replace?: boolean } & DataFlags) =>
      (await import('./restore-command.ts')).restoreCommand(inFolder(env, data), {
        from: asTyped(env, from),
        mayReplace: replace === true,
      }),
    )
  program
    .command('export')
    .description('write the tracks of a device, a group or the whole fleet into a file')
    .requiredOption('--out <file>', 'the extension selects the format: .csv, .geojson, .gpx, .kml or .nc')
    .option('--device <iam>', 'of this device')
    .option('--group <name>', 'of this group')
    .option('--since <time>', 'fixes since then, for example 2026-11-24T03:00:00Z')
    .option('--until <time>', 'and until then')
    .option('--deployment <id>', '"none": all fixes, not only those of deployments; or the id of one (with --device)')
    .addOption(dataOption())
    .action(async ({ data, ...options }: ExportFlags & DataFlags) =>
      (await import('./export-command.ts')).exportCommand(inFolder(env, data), options),
    )
  program
    .command('import-original')
    .description('import devices, messages and routes of the original service; sends nothing, can be repeated')
    .requiredOption(
      '--from <uri>',
      "its database, as in its DB_URI: sqlite:////file or mysql://user@host/database; or a portal's export, a .csv file",
    )
    .option('--imei <imei>', 'the IMEI, if a CSV file has no column for it')
    .option('--group <name>', 'the group that gets the devices (the oldest)')
    .option('--disable-routes', 'create the routes switched off, while the original still sends too')
    .option('--dry-run', 'run the import in a scratch database, and report the result and any conflicts')
    .addOption(dataOption())
    .action(async ({ data, ...options }: ImportFlags & DataFlags) =>
      (await import('./import-original-command.ts')).importOriginalCommand(inFolder(env, data), options),
    )
  program
    .command('move-temporal')
    .description(
      'make the Temporal at TEMPORAL_ADDRESS the one of this database; first stop every process that uses the old one',
    )
    .addOption(dataOption())
    .action(async ({ data }: DataFlags) =>
      (await import('./move-temporal-command.ts')).moveTemporalCommand(inFolder(env, data)),
    )
  program
    .command('create-user')
    .description('create an account; generates and prints a password, unless --password-stdin gives one')
    .argument('<email>')
    .option('--name <name>', 'display name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--system-admin', 'administrator over all groups')
    .option('--group <name>', 'member of this group (created if it does not exist)')
    .addOption(roleOption())
    .addOption(dataOption())
    .action(async (email: string, { data, ...options }: UserFlags & DataFlags) =>
      (await import('./account-commands.ts')).createUserCommand(inFolder(env, data), { email, ...options }),
    )
  program
    .command('reset-password')
    .description('set a new password, generated and printed or given by --password-stdin; ends the account’s sessions')
    .argument('<email>')
    .option('--password-stdin', 'read the password from standard input')
    .option('--end-second-factor', 'for a user who lost the authenticator')
    .addOption(dataOption())
    .action(async (email: string, { data, ...options }: PasswordFlags & DataFlags & { endSecondFactor?: boolean }) =>
      (await import('./account-commands.ts')).resetPasswordCommand(inFolder(env, data), { email, ...options }),
    )
  program
    .command('create-token')
    .description('create a token for a program; it is printed only once')
    .argument('[name]', 'what it is for', 'command line')
    .option('--group <name>', 'for this group only, created if it does not exist')
    .option('--days <number>', 'days until it expires (never)')
    .addOption(roleChoice('role in the group; without --group in the first one, admin: over all groups'))
    .addOption(dataOption())
    .addHelpText('after', '\nWithout --group and --role: an administrator over all groups.')
    .action(async (name: string, { data, ...options }: TokenFlags & DataFlags) =>
      (await import('./account-commands.ts')).createTokenCommand(inFolder(env, data), { name, ...options }),
    )
  program
    .command('replay')
    .description("decode stored messages again by today's rules and list the changes; sends nothing again")
    .option('--since <time>', 'those that arrived since then, for example 2026-11-24T03:00:00Z')
    .option('--until <time>', 'and until then (now)')
    .option('--id <ids...>', 'these messages instead')
    .option('--dry-run', 'list only')
    .addOption(dataOption())
    .action(async ({ data, ...options }: ReplayFlags & DataFlags) =>
      (await import('./replay-command.ts')).replayCommand(inFolder(env, data), options),
    )
  addDeliveryCommands(program, env, dataOption)
  addRoutingCommands(program, env)
  addAirtimeCommands(program, env)
  addAccountsCommands(program, env)
  addRecoveryCommands(program, env)
  program
    .command('settings')
    .description('print every setting with its meaning and default, as .env.example')
    .action(async () => {
      const { printExample } = await import('../config/print-example.ts')
      process.stdout.write(printExample())
    })
  program
    .command('release')
    .description('decode quarantined messages even if the vendor marked them as damaged, and act on them')
    .argument('<ids...>', 'messages in')
    .option('--dry-run', 'list only')
    .addOption(dataOption())
    .action(async (ids: readonly string[], { data, dryRun }: Pick<ReplayFlags, 'dryRun'> & DataFlags) =>
      (await import('./replay-command.ts')).releaseCommand(inFolder(env, data), ids, { dryRun: dryRun === true }),
    )
  program
    .command('doctor')
    .description('check configuration, database, accounts, Temporal and the vendor’s credentials; changes nothing')
    .option('--data <folder>', 'data folder to check (PAIKEA_DATA)')
    .option('--environment', 'use only the environment, not the settings that `npm start` keeps in the data folder')
    .action(async (options: DoctorFlags) => (await import('./doctor-command.ts')).doctorCommand(env, options))
  return program
}

/** Flags of `serve`. */
export interface ServeFlags {
  readonly role: 'all' | 'api' | 'worker'
  readonly announceToken?: boolean
}

/** Selects the installation a command works on. */
export interface DataFlags {
  readonly data?: string
}

/** Flags of `import-original`. */
export interface ImportFlags {
  readonly from: string
  readonly imei?: string
  readonly group?: string
  readonly disableRoutes?: boolean
  readonly dryRun?: boolean
}

/** Where a password comes from. */
export interface PasswordFlags {
  readonly passwordStdin?: boolean
}

/** Flags of `create-user`. */
export interface UserFlags extends PasswordFlags {
  readonly name?: string
  readonly systemAdmin?: boolean
  readonly group?: string
  readonly role: Role
}

/** Flags of `create-token`. */
export interface TokenFlags {
  readonly group?: string
  readonly days?: string
  readonly role?: Role
}

/** Flags of `doctor`. */
export interface DoctorFlags {
  readonly data?: string
  readonly environment?: boolean
}

function dataOption(): Option {
  return new Option('--data <folder>', 'data folder (PAIKEA_DATA)')
}

function roleOption(): Option {
  return roleChoice('role in the group').default('operator')
}

function roleChoice(about: string): Option {
  return new Option('--role <role>', about).choices(ROLES)
}
