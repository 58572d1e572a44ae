import { createWantOfRoom } from './want-of-room.ts'

const full = Object.assign(new Error('the table is full'), { code: 'ER_RECORD_FILE_FULL' })

describe('createWantOfRoom()', () => {
  it('speaks of a full disk until a write gets through, or nobody has tried for a while', () => {
    let now = 0
    const room = createWantOfRoom(() => now)
    room.check()
    room.failed(new Error('something else'))
    room.check()
    room.failed(full)
    expect(() => room.check()).toThrow('the table is full')
    room.written()
    room.check()
    room.failed(full)
    now = 29_000
    expect(() => room.check()).toThrow('the table is full')
    now = 31_000
    room.check()
  })
})
