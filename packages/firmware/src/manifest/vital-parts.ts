import type { ContentProblem } from '../failure.ts'

/**
 * Without any of these a device no longer boots, or can no longer be updated: it then needs a cable. The updater moves
 * every old folder away, so whatever the release lacks is gone.
 */
const VITAL_PARTS = ['core/', 'apps/__init__.py', 'apps/ota/', 'apps/updatepy/'] as const

/** Lists the vital parts that are missing. */
export function findMissingParts(paths: readonly string[]): readonly ContentProblem[] {
  const isThere = (part: string): boolean =>
    part.endsWith('/') ? paths.some((path) => path.startsWith(part)) : paths.includes(part)
  return VITAL_PARTS.filter((part) => !isThere(part)).map((part) => ({
    path: part,
    code: 'vital-part-missing',
    message: `Devices that install a release without ${part} do not start again.`,
  }))
}
