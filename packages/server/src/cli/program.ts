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
 * The operator's command line. Each command is a file, loaded when it is asked for: who makes a token does not want to
 * wait for the worker's machinery. This is only the list.
 */
export function createProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('paikea')
    .description(
      'Paikea, the shore side of a fleet of drifting buoys. Configured by the environment; see .env.example.',
    )
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(--help lists what there is)')
  program
    .command('serve')
    .description('run the service until it is told to stop')
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .option('--data <folder>', 'everything that lasts (PAIKEA_DATA)')
    .option('--announce-token', 'give the starting process a token for its set-up, by its channel')
    .action(async ({ data, ...options }: ServeFlags & DataFlags) =>
      (await import('./serve-command.ts')).serveCommand(inFolder(env, data), options),
    )
  program
    .command('migrate')
    .description('bring the tables of the database up to date')
    .addOption(dataOption())
    .action(async (options: DataFlags) =>
      (await import('./migrate-command.ts')).migrateCommand(inFolder(env, options.data)),
    )
  program
    .command('backup')
    .description('write everything the database holds into one file, while the service runs')
    .requiredOption('--to <file>', 'where it goes; never over a file that is there')
    .addOption(dataOption())
    .action(async ({ data, to }: { to: string } & DataFlags) =>
      (await import('./backup-command.ts')).backupCommand(inFolder(env, data), { to: asTyped(env, to) }),
    )
  program
    .command('restore')
    .description('put a backup in the place of the database; Paikea must not run meanwhile')
    .requiredOption('--from <file>', 'what `paikea backup` wrote')
    .option('--replace', 'also where messages are stored: what is there is moved aside')
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
    .requiredOption('--out <file>', 'its ending says the format: .csv, .geojson, .gpx, .kml or .nc')
    .option('--device <iam>', 'of this device')
    .option('--group <name>', 'of this group')
    .option('--since <time>', 'fixes from then on, for example 2026-11-24T03:00:00Z')
    .option('--until <time>', 'and until then')
    .option('--deployment <id>', '"none": not only the times at sea; or the id of one (with --device)')
    .addOption(dataOption())
    .action(async ({ data, ...options }: ExportFlags & DataFlags) =>
      (await import('./export-command.ts')).exportCommand(inFolder(env, data), options),
    )
  program
    .command('import-original')
    .description('take over devices, messages and routes of the original service; sends nothing, and may be run again')
    .requiredOption(
      '--from <uri>',
      "its database: sqlite:////file or mysql://user@host/database, as its DB_URI; or a portal's export, a file that ends in .csv",
    )
    .option('--imei <imei>', 'whose messages they are, where a CSV file does not say')
    .option('--group <name>', 'the group that gets the devices (the oldest)')
    .option('--disable-routes', 'make the routes switched off, for as long as the original sends too')
    .option('--dry-run', 'do it all in a scratch database, and tell what would come of it and what is in the way here')
    .addOption(dataOption())
    .action(async ({ data, ...options }: ImportFlags & DataFlags) =>
      (await import('./import-original-command.ts')).importOriginalCommand(inFolder(env, data), options),
    )
  program
    .command('move-temporal')
    .description(
      'let the Temporal at TEMPORAL_ADDRESS act on this database from now on; stop what works with the old one',
    )
    .addOption(dataOption())
    .action(async ({ data }: DataFlags) =>
      (await import('./move-temporal-command.ts')).moveTemporalCommand(inFolder(env, data)),
    )
  program
    .command('create-user')
    .description('make an account; a password is made and printed, unless one is given by --password-stdin')
    .argument('<email>')
    .option('--name <name>', 'how to show the person')
    .option('--password-stdin', 'read the password from standard input')
    .option('--system-admin', 'administrator over all groups')
    .option('--group <name>', 'member of this group (made if it is not there)')
    .addOption(roleOption())
    .addOption(dataOption())
    .action(async (email: string, { data, ...options }: UserFlags & DataFlags) =>
      (await import('./account-commands.ts')).createUserCommand(inFolder(env, data), { email, ...options }),
    )
  program
    .command('reset-password')
    .description('set a new password, made and printed or given by --password-stdin; ends the sessions of the account')
    .argument('<email>')
    .option('--password-stdin', 'read the password from standard input')
    .option('--end-second-factor', 'for somebody who lost the authenticator')
    .addOption(dataOption())
    .action(async (email: string, { data, ...options }: PasswordFlags & DataFlags & { endSecondFactor?: boolean }) =>
      (await import('./account-commands.ts')).resetPasswordCommand(inFolder(env, data), { email, ...options }),
    )
  program
    .command('create-token')
    .description('make a token for a program; it is printed this once')
    .argument('[name]', 'what it is for', 'command line')
    .option('--group <name>', 'for this group only, made if it is not there')
    .option('--days <number>', 'valid for so many days (without end)')
    .addOption(roleChoice('role in the group; without --group in the first one, admin: over all groups'))
    .addOption(dataOption())
    .addHelpText('after', '\nWithout --group and --role: an administrator over all groups.')
    .action(async (name: string, { data, ...options }: TokenFlags & DataFlags) =>
      (await import('./account-commands.ts')).createTokenCommand(inFolder(env, data), { name, ...options }),
    )
  program
    .command('replay')
    .description("read stored messages again by today's rules and list what changes; nothing is sent again")
    .option('--since <time>', 'those that arrived from then on, for example 2026-11-24T03:00:00Z')
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
    .description('read messages in quarantine that the vendor marked as damaged all the same, and act on them')
    .argument('<ids...>', 'messages in')
    .option('--dry-run', 'list only')
    .addOption(dataOption())
    .action(async (ids: readonly string[], { data, dryRun }: Pick<ReplayFlags, 'dryRun'> & DataFlags) =>
      (await import('./replay-command.ts')).releaseCommand(inFolder(env, data), ids, { dryRun: dryRun === true }),
    )
  program
    .command('doctor')
    .description('check configuration, database, accounts, Temporal and the log-in at the vendor; changes nothing')
    .option('--data <folder>', 'the data folder to look into (PAIKEA_DATA)')
    .option('--environment', 'go by the environment alone, not by what `npm start` has set up in the data folder')
    .action(async (options: DoctorFlags) => (await import('./doctor-command.ts')).doctorCommand(env, options))
  return program
}

/** Flags of `serve`. */
export interface ServeFlags {
  readonly role: 'all' | 'api' | 'worker'
  readonly announceToken?: boolean
}

/** Which installation a command is for. */
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
  return new Option('--data <folder>', 'the data folder it is about (PAIKEA_DATA)')
}

function roleOption(): Option {
  return roleChoice('role in the group').default('operator')
}

function roleChoice(about: string): Option {
  return new Option('--role <role>', about).choices(ROLES)
}
