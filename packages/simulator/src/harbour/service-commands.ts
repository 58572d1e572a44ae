/**
 * How a device in service mode handles a text frame. If its program would raise an error, its reader ends: it is deaf.
 */

/** Its state between frames; lost on a reset. */
export interface ServiceState {
  readonly iam: string
  readonly kind: 'buoy' | 'handset'
  readonly batteryVolts: number
  readonly rb: boolean
  readonly gps: boolean
  readonly lora: boolean
  /** `hal`, `start_gps` or `start_rb` was sent: the hardware is set up. */
  readonly hasHardware: boolean
}

/** The result of a frame. */
export interface ServiceStep {
  readonly state: ServiceState
  /** Frames to send before its state. */
  readonly says: readonly string[]
  readonly isDeaf?: true
  /** The app for its next start. */
  readonly nextApp?: string
  readonly resets?: true
}

/** Apps it can be switched to. */
export const APPS: ReadonlySet<string> = new Set([
  ...['buoy', 'handset', 'irdbase', 'lorabase', 'lora_receiver', 'lora_sender', 'ota', 'shell', 'updatepy'],
])

/** Handles one text frame. */
export function obeyFrame(state: ServiceState, text: string): ServiceStep {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return malformed(state, text, 'syntax error in JSON')
  }
  if (!Array.isArray(frame) || frame.length !== 3) return malformed(state, text, 'not an array of three')
  const [verb, name, args]: unknown[] = frame
  if (verb === 'GET') return { state, says: name === 'wifi' ? WIFI : [] }
  if (verb !== 'CMD' || typeof name !== 'string') return { state, says: [] }
  const words = Array.isArray(args) ? args : [args]
  return obeyCommand(state, name, words)
}

/** Its state, as sent on opening and after every frame. */
export function printState(state: ServiceState): string {
  const told = (isOn: boolean): string => (isOn ? 'True' : 'False')
  return JSON.stringify({
    iam: state.iam,
    dev: state.kind,
    'batt/main_v': state.batteryVolts.toFixed(2),
    'rb/enabled': told(state.hasHardware),
    'rb/running': told(state.rb),
    'gps/enabled': told(state.hasHardware),
    'gps/running': told(state.gps),
    'lora/enabled': told(state.hasHardware),
    'lora/running': told(state.lora),
  })
}

function obeyCommand(state: ServiceState, name: string, words: readonly unknown[]): ServiceStep {
  const deaf: ServiceStep = { state, says: [], isDeaf: true }
  switch (name) {
    case 'reset':
      return { state, says: [], resets: true }
    case 'service':
      return { state, says: [], nextApp: 'service' }
    case 'switch_app': {
      const [app] = words
      if (words.length !== 1 || typeof app !== 'string') return deaf
      return APPS.has(app) ? { state, says: [info(`Switching to app ${app}`)], nextApp: app } : { state, says: [] }
    }
    case 'send_lora':
      return words.length === 1 && state.hasHardware ? { state, says: [info('LoRa sent')] } : deaf
    case 'test_new_sta':
      return words.length === 2 ? { state, says: ['{"wifi/test/result": "True"}'] } : deaf
    case 'store_new_sta': {
      if (words.length < 1 || words.length > 2) return deaf
      return { state, says: [JSON.stringify({ 'wifi/stored/ssid': String(words[0]) })] }
    }
    default: {
      const change = SWITCHES[name]
      if (change === undefined) return { state, says: [] }
      return words.length > 0 ? deaf : { state: { ...state, ...change }, says: [] }
    }
  }
}

const SWITCHES: Readonly<Record<string, Partial<ServiceState>>> = {
  hal: { hasHardware: true },
  start_gps: { hasHardware: true, gps: true },
  stop_gps: { gps: false },
  start_rb: { hasHardware: true, rb: true },
  stop_rb: { rb: false },
  start_lora: { lora: true },
  stop_lora: { lora: false },
}

const WIFI = [
  '{"wifi/ap/active": "True", "wifi/ap/ssid": "paikea"}',
  '{"wifi/net/active": "True", "wifi/net/ap": "harbour", "wifi/net/connected": "True", "wifi/net/ip": "192.168.1.23"}',
]

/** An unreadable frame is echoed verbatim, including any password in it. */
function malformed(state: ServiceState, text: string, reason: string): ServiceStep {
  return { state, says: ['{"error": "Malformed Request"}', `{"error": ${text}}`, JSON.stringify({ error: reason })] }
}

function info(text: string): string {
  return JSON.stringify({ info: text })
}
