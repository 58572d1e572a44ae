import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

/** The flags of `npm start`. */
export interface StartFlags {
  /** Address of the API, the page and the webhooks. */
  readonly host: string
  /** The simulator obeys anyone who can reach it: loopback unless set otherwise. */
  readonly simulatorHost: string
  /** Address of Temporal and its web UI, which have no authentication: loopback unless set otherwise. */
  readonly temporalHost: string
  readonly port: number
  readonly devicePort: number
  readonly temporalPort: number
  readonly temporalUiPort: number
  readonly simulatorPort: number
  /** Absolute. */
  readonly dataFolder: string
  readonly hasSimulator: boolean
  /** How many simulated buoys send on their own. */
  readonly demoFleet: number
}

/** Text of `--help`, in a separate file so that it can be shown before anything is installed. */
export const startHelp = readFileSync(new URL('../../start-help.txt', import.meta.url), 'utf8')

const LARGEST_FLEET = 200
const LOOPBACK = '127.0.0.1'

const options = {
  host: { type: 'string' },
  'simulator-host': { type: 'string' },
  'temporal-host': { type: 'string' },
  port: { type: 'string' },
  'device-port': { type: 'string' },
  'temporal-port': { type: 'string' },
  'temporal-ui-port': { type: 'string' },
  'simulator-port': { type: 'string' },
  data: { type: 'string' },
  'demo-fleet': { type: 'string' },
  'no-simulator': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Parses the command line. `null`: help was requested.
 * @param readVariables the environment, for flags not given; help does not need it
 * @throws {StartError} for an unknown flag or an invalid value
 */
export function parseFlags(
  commandLine: readonly string[],
  workingFolder: string,
  readVariables: () => Readonly<Record<string, string | undefined>> = () => ({}),
): StartFlags | null {
  const values = readOptions(commandLine)
  if (values.help === true) return null
  const variables = readVariables()
  const port = (name: keyof typeof values, fallback: number, variable = ''): number => {
    const bounds = { fallback, least: 1, most: 65_535 }
    const isGiven = values[name] !== undefined || variables[variable] === undefined
    return isGiven ? readNumber(`--${name}`, values[name], bounds) : readNumber(variable, variables[variable], bounds)
  }
  const flags = {
    host: values.host ?? variables['PAIKEA_HOST'] ?? LOOPBACK,
    simulatorHost: values['simulator-host'] ?? LOOPBACK,
    temporalHost: values['temporal-host'] ?? LOOPBACK,
    port: port('port', 8080, 'PAIKEA_PORT'),
    devicePort: port('device-port', 7777, 'PAIKEA_DEVICE_PORT'),
    temporalPort: port('temporal-port', 7233),
    temporalUiPort: port('temporal-ui-port', 8233),
    simulatorPort: port('simulator-port', 8099),
    dataFolder: dataFolderOf(values.data, variables['PAIKEA_DATA'], workingFolder),
    hasSimulator: values['no-simulator'] !== true,
    demoFleet: readNumber('--demo-fleet', values['demo-fleet'], { fallback: 6, least: 0, most: LARGEST_FLEET }),
  }
  refuseDoubles(flags)
  return flags
}

/**
 * A relative variable names the same folder as for the operator's commands, which do not know where we were called
 * from.
 */
function dataFolderOf(flag: string | undefined, variable: string | undefined, workingFolder: string): string {
  return flag === undefined && variable !== undefined ? resolve(variable) : resolve(workingFolder, flag ?? 'data')
}

function readOptions(commandLine: readonly string[]): ReturnType<typeof parse>['values'] {
  try {
    return parse(commandLine).values
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/)
    throw new StartError(`${sentence}; npm start -- --help lists the flags`)
  }
}

function parse(commandLine: readonly string[]) {
  return parseArgs({ args: joinNegatives(commandLine), options, allowPositionals: false })
}

/**
 * Rewrites `--port -1` as `--port=-1`: the parser would take the value for a flag and complain about that instead of
 * the range.
 */
function joinNegatives(commandLine: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of commandLine) {
    const flag = joined.at(-1)
    if (/^-[\d.]/.test(word) && flag !== undefined && isValueFlag(flag)) joined[joined.length - 1] = `${flag}=${word}`
    else joined.push(word)
  }
  return joined
}

function isValueFlag(word: string): boolean {
  return Object.entries(options).some(([name, { type }]) => type === 'string' && word === `--${name}`)
}

function readNumber(
  flag: string,
  text: string | boolean | undefined,
  range: { readonly fallback: number; readonly least: number; readonly most: number },
): number {
  if (text === undefined) return range.fallback
  const number = typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (number >= range.least && number <= range.most) return number
  // Quoted as JSON: whatever was typed, it stays on one line.
  throw new StartError(
    `${flag} must be a number from ${range.least} to ${range.most}, not ${JSON.stringify(text).slice(0, 60)}`,
  )
}

function refuseDoubles(flags: StartFlags): void {
  const seen = new Map<number, string>()
  for (const { flag, port } of portsOf(flags)) {
    const other = seen.get(port)
    if (other !== undefined) throw new StartError(`${other} and ${flag} are both ${port}: each needs its own port`)
    seen.set(port, flag)
  }
}

/** A port to listen on, its address, and the flags that set both. */
export interface UsedPort {
  readonly flag: string
  readonly port: number
  readonly hostFlag: string
  readonly host: string
}

/** The ports that will be listened on. */
export function portsOf(flags: StartFlags): readonly UsedPort[] {
  const temporal = { hostFlag: '--temporal-host', host: flags.temporalHost }
  const simulator = { hostFlag: '--simulator-host', host: flags.simulatorHost }
  return [
    { flag: '--port', port: flags.port, hostFlag: '--host', host: flags.host },
    { flag: '--device-port', port: flags.devicePort, hostFlag: '--host', host: flags.host },
    { flag: '--temporal-port', port: flags.temporalPort, ...temporal },
    { flag: '--temporal-ui-port', port: flags.temporalUiPort, ...temporal },
    ...(flags.hasSimulator ? [{ flag: '--simulator-port', port: flags.simulatorPort, ...simulator }] : []),
  ]
}
