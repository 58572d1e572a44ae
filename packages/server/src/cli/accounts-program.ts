import type { Command } from 'commander'
import { inFolder } from './in-folder.ts'
import type { RoutingFlags } from './routing-program.ts'

/** Adds `accounts` to the command line. */
export function addAccountsCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const accounts = program
    .command('accounts')
    .description('our accounts with the services that charge credits, and whether they accept messages')
  const add = (line: string, about: string, name: 'listAccountsCommand' | 'resumeAccountCommand') => {
    const command = accounts
      .command(line)
      .description(about)
      .option('--json', 'as JSON, one object per line')
      .option('--data <folder>', 'data folder (PAIKEA_DATA)')
    command.action(async (...args: readonly unknown[]) => {
      const words = args.filter((word): word is string => typeof word === 'string')
      const flags = command.opts<RoutingFlags>()
      await (await import('./accounts-commands.ts'))[name](inFolder(env, flags.data), words, flags)
    })
  }
  add('list', 'list them: target kind, state, deliveries waiting, reason and remedy', 'listAccountsCommand')
  add('resume <kind>', 'resume it: deliveries that wait behind it continue', 'resumeAccountCommand')
}
