import type { Command } from 'commander'
import { inFolder } from './in-folder.ts'
import type { RoutingFlags } from './routing-program.ts'

/** Adds `accounts` to the command line. */
export function addAccountsCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const accounts = program
    .command('accounts')
    .description('our accounts at the services that are paid by credits: whether they take messages')
  const add = (line: string, about: string, name: 'listAccountsCommand' | 'resumeAccountCommand') => {
    const command = accounts
      .command(line)
      .description(about)
      .option('--json', 'as JSON, one thing a line')
      .option('--data <folder>', 'the data folder it is about (PAIKEA_DATA)')
    command.action(async (...args: readonly unknown[]) => {
      const words = args.filter((word): word is string => typeof word === 'string')
      const flags = command.opts<RoutingFlags>()
      await (await import('./accounts-commands.ts'))[name](inFolder(env, flags.data), words, flags)
    })
  }
  add('list', 'all of them: kind of target, state, what waits behind it, why and what to do', 'listAccountsCommand')
  add('resume <kind>', 'say that it is mended: what waits behind it goes on', 'resumeAccountCommand')
}
