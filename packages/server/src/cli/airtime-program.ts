import { type Command, Option } from 'commander'
import type * as AirtimeCommands from './airtime-commands.ts'
import { inFolder } from './in-folder.ts'
import type { RoutingFlags } from './routing-program.ts'

/** Flags of `airtime`. */
export interface AirtimeFlags extends RoutingFlags {
  readonly by?: string
  readonly month?: string
  readonly device?: string
  readonly group?: string
  readonly period?: string
  readonly warn?: string
  readonly stop?: string
  readonly hours?: string
  readonly reason?: string
}

/** Adds `airtime` to the command line. */
export function addAirtimeCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const airtime = program.command('airtime').description('satellite spending and its limits')
  type Name = keyof typeof AirtimeCommands
  const add = (line: string, about: string, name: Name, ...options: readonly Option[]) => {
    const command = airtime.command(line).description(about)
    for (const option of options) command.addOption(option)
    command
      .option('--json', 'as JSON, one object per line')
      .option('--data <folder>', 'data folder (PAIKEA_DATA)')
      .action(async (...args: readonly unknown[]) => {
        const words = args.filter((word): word is string => typeof word === 'string')
        const flags = command.opts<AirtimeFlags>()
        await (await import('./airtime-commands.ts'))[name](inFolder(env, flags.data), words, flags)
      })
  }
  const whose = [
    new Option('--device <name>', 'caused by this device'),
    new Option('--group <name>', 'of this group; with neither: the whole installation'),
  ]
  const of = [...whose, new Option('--period <period>', 'hour (the last 60 minutes) or month').default('month')]
  const reason = new Option('--reason <text>', 'why, for the audit log')
  add(
    'spent',
    'credits of a month, the most expensive first',
    'spentCommand',
    ...[
      new Option('--by <what>', 'device, modem or group'),
      new Option('--month <month>', 'such as 2026-11 (this one)'),
    ],
  )
  add('budgets', 'levels that warn or stop, and what has been spent', 'budgetsCommand')
  add(
    'budget',
    'set the levels; an omitted level is unset, and the default warnings apply',
    'budgetCommand',
    ...[...of, new Option('--warn <credits>', 'tell people'), new Option('--stop <credits>', 'send nothing more')],
  )
  add(
    'override',
    'lift a stop for some hours',
    'overrideCommand',
    ...[
      ...whose,
      new Option('--period <period>', 'hour or month (every stop that is set)'),
      new Option('--hours <hours>', '0 ends it'),
      reason,
    ],
  )
  add('waive <id>', 'release one outgoing message that the guard stopped', 'waiveCommand', reason)
}
