import { type Command, Option } from 'commander'
import type * as EndpointCommands from './endpoint-commands.ts'
import { inFolder } from './in-folder.ts'
import type * as RouteCommands from './route-commands.ts'

/** Flags of an endpoint's address: one for each field of each kind of target, which a test holds to it. */
export const ADDRESS_FLAGS = {
  url: ['--url <url>', 'of a webhook'],
  queueUrl: ['--queue-url <url>', 'of a queue of SQS'],
  queueName: ['--queue-name <name>', 'of a queue of SQS; looked up once'],
  imei: ['--imei <imei>', 'of a modem'],
  serial: ['--serial <serial>', 'of a RockSTAR'],
} as const satisfies Record<string, readonly [string, string]>

/** Which installation, and in which form the answer comes. */
export interface RoutingFlags {
  readonly data?: string
  readonly json?: boolean
}

/** What is said of an endpoint. */
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

/** What is said of a route. */
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
  addRoutes(program.command('routes').description('what is passed on, from whom, to whom'), env)
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
  const label = new Option('--label <text>', 'what people call it')
  const format = new Option('--format <name>', 'body that a program gets: report or vendor')
  const address = Object.values(ADDRESS_FLAGS).map(([flag, about]) => new Option(flag, about))
  const secret = new Option('--secret-stdin', 'read the secret to sign with from standard input (one is made)')
  add('list', 'all of them', 'listEndpointsCommand')
  add(
    'add <kind>',
    'make one of the kind modem, rockstar, sqs or webhook',
    'addEndpointCommand',
    ...[...address, label, format, secret, groupOption()],
  )
  add('change <id>', 'change label, format or address', 'changeEndpointCommand', ...address, label, format)
  add('remove <id>', 'end it with its routes; what waits for it is cancelled', 'removeEndpointCommand')
  add('test <id>', 'send a marked test', 'testEndpointCommand')
  add(
    'preview <id>',
    'show the very body it would get of a message, or of the test',
    'previewEndpointCommand',
    new Option('--message <id>', 'a message in'),
  )
  add(
    'pause <id>',
    'let deliveries wait until somebody resumes it',
    'pauseEndpointCommand',
    new Option('--reason <text>', 'shown with what waits'),
  )
  add('resume <id>', 'let deliveries go on, in order', 'resumeEndpointCommand')
  add(
    'rotate-secret <id>',
    'add a secret beside the old one, which signs too until it is ended',
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
  add('remove <id>', 'end it; what it caused goes on', 'removeRouteCommand')
  add(
    'backfill <id>',
    'give it the past; without --confirm only tell what that costs',
    'backfillRouteCommand',
    ...[
      new Option('--since <time>', 'messages that arrived from then on'),
      new Option('--until <time>', 'and until then (now)'),
      new Option('--confirm <credits>', 'do it, for at most so many credits'),
    ],
  )
}

function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option)
  return command
    .option('--json', 'as JSON, one thing a line')
    .option('--data <folder>', 'the data folder it is about (PAIKEA_DATA)')
}

function groupOption(): Option {
  return new Option('--group <name>', 'the group it belongs to (the oldest)')
}
