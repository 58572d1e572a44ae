import { RockBlockClient } from '@paikea/rockblock-client'

import { createSimulator, type Simulator, type SimulatorOptions } from '../src/simulator.ts'
import { type Received, type Receiver, startReceiver } from './receiver.ts'

/** The IMEI the tests use. */
export const BUOY = '300434061000101'

/** What `/sim/mt` shows of a message. */
export interface ShownMt {
  readonly id: string
  readonly imei: string | null
  readonly text: string
  readonly hex: string
  readonly at: string
  readonly state: string
  readonly reason: string | null
}

/** A simulator on a free port with a real receiver for its webhooks. */
export interface TestSimulator {
  readonly url: string
  readonly simulator: Simulator
  readonly receiver: Receiver
  /** Calls the simulator; `Body` is what the test expects to find in the answer. */
  call<Body = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }>
  mts(query?: string): Promise<readonly ShownMt[]>
  client(): RockBlockClient
  close(): Promise<void>
}

/** Starts both. */
export async function startTestSimulator(options: Partial<SimulatorOptions> = {}): Promise<TestSimulator> {
  const receiver = await startReceiver()
  const simulator = await createSimulator({ webhookUrl: receiver.url, webhookSecret: 's3cret/ü', ...options })
  const url = `http://127.0.0.1:${simulator.port}`
  const call: TestSimulator['call'] = async <Body>(method: string, path: string, body?: unknown) => {
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${url}${path}`, { method, ...content })
    const text = await response.text()
    // The caller names the shape and asserts what it needs of it.
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }
  return {
    url,
    simulator,
    receiver,
    call,
    mts: async (query = `imei=${BUOY}`) =>
      (await call<{ items: readonly ShownMt[] }>('GET', `/sim/mt?${query}`)).body.items,
    client: () => new RockBlockClient({ username: 'user', password: 'password', url }),
    async close() {
      await simulator.close()
      await receiver.close()
    },
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The fields of a JSON webhook of format A, and its data as text. */
export function webhookBody(received: Received): { momsn: number; data: string; text: string } {
  // What the simulator sends in this format.
  const fields = JSON.parse(received.body) as { momsn: number; data: string }
  return { ...fields, text: Buffer.from(fields.data, 'hex').toString() }
}
