import { createSpaceShortage } from './space-shortage.ts'

const full = Object.assign(new Error('the table is full'), { code: 'ER_RECORD_FILE_FULL' })

describe('createSpaceShortage()', () => {
  it('throws the disk-full error until a write gets through or half a minute passes', () => {
    let now = 0
    const shortage = createSpaceShortage(() => now)
    shortage.check()
    shortage.failed(new Error('something else'))
    shortage.check()
    shortage.failed(full)
    expect(() => shortage.check()).toThrow('the table is full')
    shortage.written()
    shortage.check()
    shortage.failed(full)
    now = 29_000
    expect(() => shortage.check()).toThrow('the table is full')
    now = 31_000
    shortage.check()
  })
})
