import { type Command, Option } from 'commander'
import type * as EndpointCommands from './endpoint-commands.ts'
import { inFolder } from './in-folder.ts'
import type * as RouteCommands from './route-commands.ts'

/** Flags for an endpoint's address: one per field of each target kind; a test enforces that. */
export const ADDRESS_FLAGS = {
  url: ['--url <url>', 'of a webhook'],
  queueUrl: ['--queue-url <url>', 'of an SQS queue'],
  queueName: ['--queue-name <name>', 'of an SQS queue; looked up once'],
  imei: ['--imei <imei>', 'of a modem'],
  serial: ['--serial <serial>', 'of a RockSTAR'],
} as const satisfies Record<string, readonly [string, string]>

/** Selects the installation and the output format. */
export interface RoutingFlags {
  readonly data?: string
  readonly json?: boolean
}

/** Flags of `endpoints`. */
export type EndpointFlags = RoutingFlags & {
  readonly [field in keyof typeof ADDRESS_FLAGS]?: string
} & {
  readonly label?: string
  readonly format?: string
  readonly group?: string
  readonly secretStdin?: boolean
  readonly endOld?: boolean
  readonly reason?: string
  readonly message?: string
}

/** Flags of `routes`. */
export interface RouteFlags extends RoutingFlags {
  readonly from?: string
  readonly type?: string
  readonly to?: string
  readonly group?: string
  readonly disabled?: boolean
  readonly enable?: boolean
  readonly disable?: boolean
  readonly since?: string
  readonly until?: string
  readonly confirm?: string
}

/** Adds `endpoints` and `routes` to the command line. */
export function addRoutingCommands(program: Command, env: NodeJS.ProcessEnv): void {
  addEndpoints(program.command('endpoints').description('where deliveries go'), env)
  addRoutes(program.command('routes').description('which messages go from which device to which endpoint'), env)
}

function addEndpoints(endpoints: Command, env: NodeJS.ProcessEnv): void {
  type Name = Exclude<keyof typeof EndpointCommands, 'readAddressFlags'>
  const add = (line: string, about: string, name: Name, ...options: readonly Option[]) => {
    const command = withOptions(endpoints.command(line).description(about), options)
    command.action(async (...args: readonly unknown[]) => {
      const words = args.filter((word): word is string => typeof word === 'string')
      const flags = command.opts<EndpointFlags>()
      await (await import('./endpoint-commands.ts'))[name](inFolder(env, flags.data), words, flags)
    })
  }
  const label = new Option('--label <text>', 'name for people')
  const format = new Option('--format <name>', 'body that a program receives: report or vendor')
  const address = Object.values(ADDRESS_FLAGS).map(([flag, about]) => new Option(flag, about))
  const secret = new Option('--secret-stdin', 'read the signing secret from standard input (default: generated)')
  add('list', 'all of them', 'listEndpointsCommand')
  add(
    'add <kind>',
    'create one of the kind modem, rockstar, sqs or webhook',
    'addEndpointCommand',
    ...[...address, label, format, secret, groupOption()],
  )
  add('change <id>', 'change label, format or address', 'changeEndpointCommand', ...address, label, format)
  add('remove <id>', 'delete it and its routes; cancels waiting deliveries', 'removeEndpointCommand')
  add('test <id>', 'send a marked test message', 'testEndpointCommand')
  add(
    'preview <id>',
    'show the exact body it would receive for a message, or for the test',
    'previewEndpointCommand',
    new Option('--message <id>', 'a message in'),
  )
  add(
    'pause <id>',
    'pause it; deliveries wait',
    'pauseEndpointCommand',
    new Option('--reason <text>', 'shown with waiting deliveries'),
  )
  add('resume <id>', 'resume it; deliveries continue in order', 'resumeEndpointCommand')
  add(
    'rotate-secret <id>',
    'add a secret; the old one signs too until you end it',
    'rotateSecretCommand',
    ...[secret, new Option('--end-old', 'end the old one instead')],
  )
}

function addRoutes(routes: Command, env: NodeJS.ProcessEnv): void {
  type Name = keyof typeof RouteCommands
  const add = (line: string, about: string, name: Name, ...options: readonly Option[]) => {
    const command = withOptions(routes.command(line).description(about), options)
    command.action(async (...args: readonly unknown[]) => {
      const words = args.filter((word): word is string => typeof word === 'string')
      const flags = command.opts<RouteFlags>()
      await (await import('./route-commands.ts'))[name](inFolder(env, flags.data), words, flags)
    })
  }
  const from = new Option('--from <source>', 'buoy, handset, rockstar or any, or the name of a device')
  const type = new Option('--type <packet>', 'PK001, PK004, PK005, PK006, PK007, PK101 or any')
  const to = new Option('--to <target>', 'id of an endpoint, modem:<imei> or rockstar:<serial>')
  add('list', 'all of them', 'listRoutesCommand')
  add(
    'add',
    'make one',
    'addRouteCommand',
    ...[from, type, to, groupOption(), new Option('--disabled', 'switched off for now')],
  )
  add(
    'change <id>',
    'change it',
    'changeRouteCommand',
    ...[from, type, to, new Option('--enable', 'switch it on'), new Option('--disable', 'switch it off')],
  )
  add('remove <id>', 'delete it; deliveries it caused continue', 'removeRouteCommand')
  add(
    'backfill <id>',
    'backfill it with past messages; without --confirm only print the price',
    'backfillRouteCommand',
    ...[
      new Option('--since <time>', 'messages that arrived since then'),
      new Option('--until <time>', 'and until then (now)'),
      new Option('--confirm <credits>', 'run it, for at most this many credits'),
    ],
  )
}

function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option)
  return command.option('--json', 'as JSON, one object per line').option('--data <folder>', 'data folder (PAIKEA_DATA)')
}

function groupOption(): Option {
  return new Option('--group <name>', 'the group it belongs to (the oldest)')
}
