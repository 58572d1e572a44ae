import { DELIVERY_STATES } from '@paikea/domain'
import { type Command, Option } from 'commander'
import type { ListFlags, ResumeFlags } from './delivery-commands.ts'
import { inFolder } from './in-folder.ts'
import type { DataFlags } from './program.ts'

const DEEDS = [
  ['cancel', 'end deliveries that have not left yet'],
  ['arrived', 'say of unknown deliveries that they arrived'],
] as const

/** `deliveries` with what can be done about them. */
export function addDeliveryCommands(program: Command, env: NodeJS.ProcessEnv, dataOption: () => Option): void {
  const commands = () => import('./delivery-commands.ts')
  const deliveries = program
    .command('deliveries')
    .description('see to messages out: list, resume, cancel, settle what is unknown, send again')
  deliveries
    .command('list')
    .description('the newest ones, one a line: id, state, target, credits, reason')
    .addOption(new Option('--state <state>', 'only these').choices(DELIVERY_STATES))
    .option('--limit <number>', 'so many', '50')
    .addOption(dataOption())
    .action(async ({ data, ...flags }: ListFlags & DataFlags) =>
      (await commands()).listCommand(inFolder(env, data), flags),
    )
  for (const [name, about] of DEEDS) {
    deliveries
      .command(name)
      .description(about)
      .argument('<ids...>')
      .addOption(dataOption())
      .action(async (ids: string[], { data }: DataFlags) =>
        (await commands()).deedCommand(inFolder(env, data), name, ids),
      )
  }
  deliveries
    .command('resume')
    .description('let parked deliveries go on, with the account that they wait behind')
    .argument('[ids...]')
    .option('--reason <code>', 'all that are parked for it, for example no-line-rental')
    .option('--imei <imei>', 'all that go to this modem')
    .option('--all', 'all')
    .addOption(dataOption())
    .action(async (ids: string[], { data, ...flags }: ResumeFlags & DataFlags) =>
      (await commands()).resumeCommand(inFolder(env, data), ids, flags),
    )
  deliveries
    .command('resend')
    .description('send again what is done with, as new deliveries; without --yes it only says what that costs')
    .argument('<ids...>')
    .option('--yes', 'do it')
    .addOption(dataOption())
    .action(async (ids: string[], { data, yes }: { yes?: boolean } & DataFlags) =>
      (await commands()).resendCommand(inFolder(env, data), ids, yes === true),
    )
}
