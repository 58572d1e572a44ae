import type { ManifestFile } from '../manifest/entry.ts'
import { blocksOf } from './flash-space.ts'

/** Formats a path of a release as devices know it. */
export function toDevicePath(path: string): string {
  return `./${path}`
}

/** Every folder of a release as devices know them, `.` first and parents before children. */
export function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>(['.'])
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      folders.add(toDevicePath(path.slice(0, at)))
  }
  return [...folders]
}

/** Body of the response to `metadata`; `size` is in flash blocks, so that the device's own space check is correct. */
export function writeMetadata(files: readonly ManifestFile[]): string {
  return JSON.stringify({
    size: blocksOf(files),
    dirs: foldersOf(files.map(({ path }) => path)),
    files: Object.fromEntries(files.map(({ path, bytes, sha1 }) => [toDevicePath(path), [bytes, sha1]])),
  })
}
