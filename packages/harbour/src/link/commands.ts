/**
 * Commands that may be sent to a device, with their arguments. A wrong number of arguments, or a radio command before
 * the radio is set up, makes a device deaf until someone resets it, so nothing else is ever sent.
 */

/** A command as sent to the device. */
export interface DeviceCommand {
  readonly verb: 'GET' | 'CMD'
  readonly name: string
  readonly args: readonly string[]
}

/** Why a command is refused. */
export interface CommandFault {
  readonly code: 'unknown-command' | 'bad-arguments' | 'too-large'
  readonly detail: string
}

/** @returns a fault as the end of a sentence, or `null` */
type Check = (value: string) => string | null

const APPS = ['buoy', 'handset', 'irdbase', 'lorabase', 'lora_receiver', 'lora_sender', 'ota', 'shell', 'updatepy']

const bytes =
  (least: number, most: number): Check =>
  (value) => {
    const length = Buffer.byteLength(value)
    return length >= least && length <= most ? null : `must have ${least} to ${most} bytes`
  }

const ssid = { name: 'ssid', check: bytes(1, 32) }
/** Empty means an open network; in `store_new_sta` the device keeps its present password. */
const password = { name: 'password', check: bytes(0, 64) }
const app = {
  name: 'app',
  check: (value: string) => (APPS.includes(value) ? null : `must be one of ${APPS.join(', ')}`),
}
/** What fits in one packet of the device's radio. */
const text = { name: 'text', check: bytes(1, 200) }

const NONE: readonly { readonly name: string; readonly check: Check }[] = []
const COMMANDS: ReadonlyMap<string, typeof NONE> = new Map([
  ['GET wifi', NONE],
  ['CMD hal', NONE],
  ['CMD reset', NONE],
  ['CMD send_lora', [text]],
  ['CMD service', NONE],
  ['CMD start_lora', NONE],
  ['CMD stop_lora', NONE],
  ['CMD start_gps', NONE],
  ['CMD stop_gps', NONE],
  ['CMD start_rb', NONE],
  ['CMD stop_rb', NONE],
  ['CMD test_new_sta', [ssid, password]],
  ['CMD store_new_sta', [ssid, password]],
  ['CMD switch_app', [app]],
])

const RADIO_SETUP = new Set(['hal', 'start_gps', 'start_rb'])

/** Parses a command from a page. Faults never repeat its values: one may be a password. */
export function readCommand(value: unknown): DeviceCommand | CommandFault {
  if (!Array.isArray(value) || value.length !== 3) return bad('a command is ["CMD", name, [arguments]]')
  const [verb, name, args]: unknown[] = value
  if ((verb !== 'GET' && verb !== 'CMD') || typeof name !== 'string') return unknownCommand()
  const wanted = COMMANDS.get(`${verb} ${name}`)
  if (wanted === undefined) return unknownCommand()
  if (!Array.isArray(args)) return bad(`the arguments of ${name} must be an array`)
  if (args.length !== wanted.length) {
    const names = wanted.map((each) => each.name).join(', ')
    return bad(`${name} takes ${names === '' ? 'no arguments' : `exactly: ${names}`}`)
  }
  const given: string[] = []
  for (const [i, { name: argument, check }] of wanted.entries()) {
    const raw: unknown = args[i]
    if (typeof raw !== 'string') return bad(`${argument} of ${name} must be a text`)
    if (/\p{Cs}|\0/u.test(raw)) return bad(`${argument} of ${name} contains a character that cannot be sent`)
    const fault = check(raw)
    if (fault !== null) return bad(`${argument} of ${name} ${fault}`)
    given.push(raw)
  }
  return { verb, name, args: given }
}

/** Whether a parsed value is a fault. */
export function isFault(read: DeviceCommand | CommandFault): read is CommandFault {
  return 'code' in read
}

/** Serialises the frame exactly as devices expect it: `["CMD","hal",[]]`. */
export function writeCommand({ verb, name, args }: DeviceCommand): string {
  return JSON.stringify([verb, name, args])
}

/** Tracks what was sent on a link, as far as it affects what may be sent next. */
export interface CommandOrder {
  /** @returns why the command must wait; or `null`, and the command counts as sent */
  admit(command: DeviceCommand): CommandFault | null
}

/** Create one per link: a device that was reset has no radio set up. */
export function createCommandOrder(): CommandOrder {
  let hasRadio = false
  return {
    admit({ name }) {
      if (name === 'send_lora' && !hasRadio)
        return bad('send_lora needs hal, start_gps or start_rb before it on this link')
      if (RADIO_SETUP.has(name)) hasRadio = true
      if (name === 'reset') hasRadio = false
      return null
    },
  }
}

/** Probe frame that tells a living device from a deaf one: the device does not know it and replies with its state. */
export const PROBE = '["GET","x",[]]'

function bad(detail: string): CommandFault {
  return { code: 'bad-arguments', detail }
}

function unknownCommand(): CommandFault {
  return { code: 'unknown-command', detail: 'the device has no such command, or it is not allowed' }
}
