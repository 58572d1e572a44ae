import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Flash } from './flash.ts'
import { FlashShelf } from './flash-shelf.ts'

const imei = '300434061000101'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'paikea-flash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the flashes of devices', () => {
  it('are there again after a restart, with what was installed and what was half fetched', () => {
    const shelf = new FlashShelf(folder)
    const flash = shelf.take(imei)
    flash.write('./core/a.bin', Buffer.from([0, 255, 10]))
    flash.install()
    flash.write('./core/b.py', Buffer.from('half'))
    shelf.keep(imei)
    const again = new FlashShelf(folder).take(imei)
    expect(again.files).toEqual(flash.files)
    expect([again.freshCount, again.freeBytes()]).toEqual([1, flash.freeBytes()])
  })

  it('are another one with another board', () => {
    const shelf = new FlashShelf(folder)
    shelf.take(imei).write('./core/a.bin', Buffer.from('x'))
    expect(shelf.replace(imei, 1024 * 1024).freshCount).toBe(0)
    shelf.keep(imei)
    expect(new FlashShelf(folder).take(imei).freeBytes()).toBeLessThan(1024 * 1024)
  })

  it('are as from the factory where what was kept cannot be read', () => {
    const shelf = new FlashShelf(folder)
    shelf.take(imei)
    shelf.keep(imei)
    writeFileSync(path.join(folder, 'flash', `${imei}.json`), '{"files":')
    expect(new FlashShelf(folder).take(imei).files).toEqual(new Flash().files)
  })
})
