import { DELIVERY_STATES } from '@paikea/domain'
import { type Command, Option } from 'commander'
import type { ListFlags, ResumeFlags } from './delivery-commands.ts'
import { inFolder } from './in-folder.ts'
import type { DataFlags } from './program.ts'

const ACTIONS = [
  ['cancel', 'cancel deliveries that have not been sent yet'],
  ['arrived', 'mark deliveries with an unknown outcome as arrived'],
] as const

/** Adds `deliveries` and its subcommands to the command line. */
export function addDeliveryCommands(program: Command, env: NodeJS.ProcessEnv, dataOption: () => Option): void {
  const commands = () => import('./delivery-commands.ts')
  const deliveries = program
    .command('deliveries')
    .description('outgoing messages: list, resume, cancel, settle unknown outcomes, resend')
  deliveries
    .command('list')
    .description('the newest ones, one per line: id, state, target, credits, reason')
    .addOption(new Option('--state <state>', 'only these').choices(DELIVERY_STATES))
    .option('--limit <number>', 'so many', '50')
    .addOption(dataOption())
    .action(async ({ data, ...flags }: ListFlags & DataFlags) =>
      (await commands()).listCommand(inFolder(env, data), flags),
    )
  for (const [name, about] of ACTIONS) {
    deliveries
      .command(name)
      .description(about)
      .argument('<ids...>')
      .addOption(dataOption())
      .action(async (ids: string[], { data }: DataFlags) =>
        (await commands()).actionCommand(inFolder(env, data), name, ids),
      )
  }
  deliveries
    .command('resume')
    .description('resume parked deliveries, and the account that they wait behind')
    .argument('[ids...]')
    .option('--reason <code>', 'all parked for this reason, for example no-line-rental')
    .option('--imei <imei>', 'all to this modem')
    .option('--all', 'all')
    .addOption(dataOption())
    .action(async (ids: string[], { data, ...flags }: ResumeFlags & DataFlags) =>
      (await commands()).resumeCommand(inFolder(env, data), ids, flags),
    )
  deliveries
    .command('resend')
    .description('resend finished deliveries as new ones; without --yes it only prints the price')
    .argument('<ids...>')
    .option('--yes', 'do it')
    .addOption(dataOption())
    .action(async (ids: string[], { data, yes }: { yes?: boolean } & DataFlags) =>
      (await commands()).resendCommand(inFolder(env, data), ids, yes === true),
    )
}
