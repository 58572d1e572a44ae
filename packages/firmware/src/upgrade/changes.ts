import type { ManifestFile } from '../manifest/entry.ts'

/** The differences between two releases, by path. */
export interface ReleaseChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/** Compares two releases by the hashes of their files. */
export function compareReleases(
  from: readonly Pick<ManifestFile, 'path' | 'sha256'>[],
  to: readonly Pick<ManifestFile, 'path' | 'sha256'>[],
): ReleaseChanges {
  const before = new Map(from.map(({ path, sha256 }) => [path, sha256]))
  const after = new Map(to.map(({ path, sha256 }) => [path, sha256]))
  return {
    added: to.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    removed: from.filter(({ path }) => !after.has(path)).map(({ path }) => path),
    changed: to.filter(({ path, sha256 }) => before.has(path) && before.get(path) !== sha256).map(({ path }) => path),
  }
}
