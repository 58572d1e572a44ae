import { createMasker } from './masking.ts'
import { createRoom, type Room } from './room.ts'

let nowMs = 0
let sent: string[] = []
let changes: boolean[] = []
let recorded: object[] = []

function open(): Room {
  nowMs = 1_000_000
  sent = []
  changes = []
  recorded = []
  const room = createRoom({
    iam: 'PK001',
    since: new Date(0),
    clock: () => new Date(nowMs),
    masker: createMasker(),
    events: {
      presence: (isOnline) => changes.push(isOnline),
      record: (_link, entry) => recorded.push(entry),
    },
  })
  room.attach({ linkId: 'a', openedAt: new Date(nowMs), send: (text) => sent.push(text) > 0, close: () => undefined })
  return room
}

function pass(ms: number, room: Room): void {
  for (const end = nowMs + ms; nowMs < end; nowMs += 2500) room.tick()
}

describe('createRoom()', () => {
  it('probes a silent device, keeps its connection, and reports it offline only if it does not answer', () => {
    const room = open()
    for (let i = 0; i < 10; i += 1) {
      pass(32_500, room)
      expect(sent).toHaveLength(i + 1)
      room.heard('a', '{"iam":"PK001"}')
    }
    expect(sent.every((text) => text === '["GET","x",[]]')).toBe(true)
    expect(changes).toEqual([true])
    // Its answers to our own question are recorded once.
    expect(recorded).toHaveLength(1)
    pass(60_000, room)
    expect(changes).toEqual([true, false])
    expect(room.isOnline).toBe(false)
    expect(room.connection).not.toBeNull()
    pass(3_600_000, room)
    expect(room.connection).not.toBeNull()
    room.heard('a', '{"iam":"PK001"}')
    expect(changes).toEqual([true, false, true])
  })

  it('refuses a page’s command to an offline device, and sends the device nothing', () => {
    const room = open()
    const said: string[] = []
    room.join({ id: 'p', user: 'anna', role: 'operator', send: (text) => said.push(text) })
    pass(120_000, room)
    const before = sent.length
    room.receive('p', '{"type":"command","command":["CMD","hal",[]]}')
    expect(sent).toHaveLength(before)
    expect(said.at(-1)).toContain('"code":"device-offline"')
    expect(said.at(-1)).toContain('reset button')
  })

  it('does not let an upgrade and a page send at the same time', () => {
    const room = open()
    const said: string[] = []
    room.join({ id: 'p', user: 'anna', role: 'operator', send: (text) => said.push(text) })
    const giveBack = room.hold()
    room.receive('p', '{"type":"command","command":["CMD","hal",[]]}')
    room.receive('p', '{"type":"take-controls","force":true}')
    expect(sent).toHaveLength(0)
    expect(said.filter((text) => text.includes('not-controller'))).toHaveLength(2)
    giveBack?.()
    room.receive('p', '{"type":"command","command":["CMD","hal",[]]}')
    expect(sent).toEqual(['["CMD","hal",[]]'])
    expect(room.hold()).toBeNull()
  })
})
