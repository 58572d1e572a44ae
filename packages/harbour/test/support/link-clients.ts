import { deviceHandshake, openRaw, type RawSocket, until } from './raw-socket.ts'

const STATE = '{"iam":"PK001","dev":"buoy","batt/main_v":"4.1","lora/running":"False"}'

/** A device in service mode: answers every frame with its state, and what is asked of it before that. */
export interface FakeDevice extends RawSocket {
  /** Texts that it got. */
  got(): readonly string[]
}

/** Opens the link as a device does. @param answers what it says to a frame before its state */
export async function openDevice(
  port: number,
  iam: string,
  answers: (text: string) => string | null = () => null,
): Promise<FakeDevice> {
  const raw = await openRaw(port, deviceHandshake(`/${iam}`, `harbour:${port}`))
  const got = (): readonly string[] => raw.frames.filter(({ opcode }) => opcode === 1).map(({ text }) => text)
  let answered = 0
  if (raw.head.startsWith('HTTP/1.1 101 ')) raw.say(STATE)
  raw.socket.on('data', () => {
    for (; answered < got().length; answered += 1) {
      const said = answers(got()[answered] ?? '')
      if (said !== null) raw.say(said)
      raw.say(STATE)
    }
  })
  return Object.assign(raw, { got })
}

/** A page's message, read. */
export type Said = Readonly<Record<string, unknown>> & { readonly type: string }

/** A page that somebody opened. */
export interface FakePage extends RawSocket {
  said(): readonly Said[]
  tell(message: object): void
  /** Waits for a message. */
  hears(type: string, fits?: (message: Said) => boolean): Promise<Said>
  /** Its newest presence. */
  presence(): Said | undefined
}

/** Opens a page. */
export async function openPage(
  port: number,
  options: { readonly id: number; readonly iam: string; readonly user: string; readonly role: string },
): Promise<FakePage> {
  const query = new URLSearchParams({ ...options, id: String(options.id) })
  const raw = await openRaw(port, deviceHandshake(`/live?${query.toString()}`, `127.0.0.1:${port}`))
  const said = (): readonly Said[] =>
    raw.frames.filter(({ opcode }) => opcode === 1).map(({ text }) => JSON.parse(text) as Said)
  return Object.assign(raw, {
    said,
    tell: (message: object) => raw.say(JSON.stringify(message)),
    hears: (type: string, fits: (message: Said) => boolean = () => true) =>
      until(() => said().find((message) => message.type === type && fits(message))),
    presence: () => said().findLast(({ type }) => type === 'presence'),
  })
}
