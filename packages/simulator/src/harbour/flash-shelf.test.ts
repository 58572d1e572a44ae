import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Flash } from './flash.ts'
import { FlashShelf } from './flash-shelf.ts'

const IMEI = '300434061000101'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'paikea-flash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the flashes of devices', () => {
  it('survive a restart, with installed files and partly fetched ones', () => {
    const shelf = new FlashShelf(folder)
    const flash = shelf.take(IMEI)
    flash.write('./core/a.bin', Buffer.from([0, 255, 10]))
    flash.install()
    flash.write('./core/b.py', Buffer.from('half'))
    shelf.keep(IMEI)
    const again = new FlashShelf(folder).take(IMEI)
    expect(again.files).toEqual(flash.files)
    expect([again.freshCount, again.freeBytes()]).toEqual([1, flash.freeBytes()])
  })

  it('start afresh with another board, and keep its capacity', () => {
    const shelf = new FlashShelf(folder)
    shelf.take(IMEI).write('./core/a.bin', Buffer.from('x'))
    expect(shelf.replace(IMEI, 1024 * 1024).freshCount).toBe(0)
    shelf.keep(IMEI)
    expect(new FlashShelf(folder).take(IMEI).freeBytes()).toBeLessThan(1024 * 1024)
  })

  it('return to their factory state when the kept file cannot be read', () => {
    const shelf = new FlashShelf(folder)
    shelf.take(IMEI)
    shelf.keep(IMEI)
    writeFileSync(path.join(folder, 'flash', `${IMEI}.json`), '{"files":')
    expect(new FlashShelf(folder).take(IMEI).files).toEqual(new Flash().files)
  })
})
