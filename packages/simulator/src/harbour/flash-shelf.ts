import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeFolder } from '../journal/make-folder.ts'
import { Flash } from './flash.ts'

/** The flashes of all devices that were ever in the harbour; kept in files if there is a folder. */
export class FlashShelf {
  readonly #known = new Map<string, Flash>()
  readonly #folder: string | null

  /** @param dataFolder `null`: they last as long as the process */
  constructor(dataFolder: string | null) {
    this.#folder = dataFolder === null ? null : path.join(dataFolder, 'flash')
  }

  /** A device's flash; with factory contents if none was kept or it cannot be read. */
  take(imei: string): Flash {
    const flash = this.#known.get(imei) ?? this.#read(imei) ?? new Flash()
    this.#known.set(imei, flash)
    return flash
  }

  /** Gives the device another board. */
  replace(imei: string, bytes: number): Flash {
    const flash = new Flash(undefined, bytes)
    this.#known.set(imei, flash)
    return flash
  }

  /** Stores it as it is now, atomically. */
  keep(imei: string): void {
    const flash = this.#known.get(imei)
    if (this.#folder === null || flash === undefined) return
    makeFolder(this.#folder)
    const file = this.#fileOf(this.#folder, imei)
    writeFileSync(`${file}.new`, JSON.stringify(flash.keep()))
    renameSync(`${file}.new`, file)
  }

  #read(imei: string): Flash | null {
    if (this.#folder === null) return null
    try {
      return Flash.revive(JSON.parse(readFileSync(this.#fileOf(this.#folder, imei), 'utf8')))
    } catch {
      return null
    }
  }

  #fileOf(folder: string, imei: string): string {
    return path.join(folder, `${imei}.json`)
  }
}
