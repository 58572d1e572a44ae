import type { ManifestFile } from '../manifest/entry.ts'

/** The devices' flash is littlefs with blocks of 4 KiB: a file takes whole ones, a folder what the device calls 16 KiB. */
const FILE_BLOCK_BYTES = 4096
const FOLDER_BYTES = 16_384
/** The device gives up a release that takes more of its free space than this. */
const USABLE_SHARE = 0.9

/** Bytes a release takes on the flash, in whole blocks. */
export function blocksOf(files: readonly Pick<ManifestFile, 'path' | 'bytes'>[]): number {
  const folders = new Set<string>(['.'])
  let bytes = 0
  for (const file of files) {
    bytes += Math.max(1, Math.ceil(file.bytes / FILE_BLOCK_BYTES)) * FILE_BLOCK_BYTES
    for (let at = file.path.indexOf('/'); at !== -1; at = file.path.indexOf('/', at + 1))
      folders.add(file.path.slice(0, at))
  }
  return bytes + folders.size * FOLDER_BYTES
}

/** Whether a device with that much free space takes a release of that size; one that does not say is believed to. */
export function fitsOnFlash(flashBytes: number, freeBytes: number | null): boolean {
  return freeBytes === null || flashBytes <= freeBytes * USABLE_SHARE
}
