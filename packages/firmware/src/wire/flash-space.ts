import type { ManifestFile } from '../manifest/entry.ts'

/**
 * The devices' flash is littlefs with 4 KiB blocks: a file takes whole blocks, a folder what the device counts as 16
 * KiB.
 */
const FILE_BLOCK_BYTES = 4096
const FOLDER_BYTES = 16_384
/** The device rejects a release that takes more than this share of its free space. */
const USABLE_SHARE = 0.9

/** Space a release takes on the flash in bytes, in whole blocks. */
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

/** Whether a release of that size fits in a device's free space; assumed to fit if the device does not report it. */
export function fitsOnFlash(flashBytes: number, freeBytes: number | null): boolean {
  return freeBytes === null || flashBytes <= freeBytes * USABLE_SHARE
}
