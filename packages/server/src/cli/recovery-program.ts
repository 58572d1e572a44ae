import { type Command, Option } from 'commander'
import { inFolder } from './in-folder.ts'
import type * as RecoveryCommands from './recovery-commands.ts'
import type { RoutingFlags } from './routing-program.ts'

/** Flags of `recovery`. */
export interface RecoveryFlags extends RoutingFlags {
  readonly minutes: string
  readonly hours: string
  readonly back?: string
  readonly stopBelow?: string
  readonly confirm?: string
}

/** Adds `recovery` to the command line. */
export function addRecoveryCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const recovery = program
    .command('recovery')
    .description('make a buoy report often during its recovery, then restore its interval')
  type Name = keyof typeof RecoveryCommands
  const add = (line: string, about: string, name: Name, ...options: readonly Option[]) => {
    const command = recovery.command(line).description(about)
    for (const option of options) command.addOption(option)
    command
      .option('--json', 'as JSON')
      .option('--data <folder>', 'data folder (PAIKEA_DATA)')
      .action(async (...args: readonly unknown[]) => {
        const [iam = ''] = args.filter((word): word is string => typeof word === 'string')
        const flags = command.opts<RecoveryFlags>()
        await (await import('./recovery-commands.ts'))[name](inFolder(env, flags.data), iam, flags)
      })
  }
  add('show <device>', 'the last one and its state', 'showRecoveryCommand')
  add(
    'begin <device>',
    'start one; without --confirm only print the price',
    'beginRecoveryCommand',
    ...[
      new Option('--minutes <minutes>', 'the short interval').default('5'),
      new Option('--hours <hours>', 'for how long').default('6'),
      new Option('--back <minutes>', 'the interval to restore (its current one)'),
      new Option('--stop-below <volts>', 'end early if a report shows less'),
      new Option('--confirm <credits>', 'run it, for at most this many credits'),
    ],
  )
  add('end <device>', 'end it early and restore the interval', 'endRecoveryCommand')
}
