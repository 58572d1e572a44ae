import type { ContentProblem } from '../failure.ts'

/** Checks for names that would not reach the device unchanged, whatever they refer to. */
export function checkName(
  entry: { readonly name: string; readonly isUtf8: boolean },
  path: string,
  maxBytes: number,
): ContentProblem | null {
  const { name } = entry
  if (!entry.isUtf8) return problem(path, 'name-not-utf8', 'The name is not UTF-8.')
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) {
    return problem(path, 'name-control-character', 'The name contains a control character.')
  }
  if (name === '' || name === '.' || name === '..' || /[/\\]/u.test(name) || name.toLowerCase() === '.git') {
    return problem(path, 'name-unsafe', 'The name is not safe as a file name.')
  }
  if (Buffer.byteLength(path) > maxBytes) {
    return problem(path, 'path-too-long', `The path takes more than ${maxBytes} bytes.`)
  }
  return null
}

/** Finds names that differ only in case or in Unicode normalisation: some file systems treat them as one. */
export function findTwins(paths: readonly string[]): readonly ContentProblem[] {
  const exact = new Set<string>()
  const composed = new Map<string, string>()
  const folded = new Map<string, string>()
  const problems: ContentProblem[] = []
  for (const path of withFolders(paths)) {
    if (exact.has(path)) continue
    exact.add(path)
    const nfc = path.normalize('NFC')
    const lower = nfc.toLowerCase()
    const same = composed.get(nfc)
    const alike = folded.get(lower)
    if (same !== undefined) {
      problems.push(problem(path, 'name-twin', `Differs from ${escapeName(same)} only in how an accent is written.`))
    } else if (alike !== undefined) {
      problems.push(problem(path, 'case-clash', `Differs from ${escapeName(alike)} only in case.`))
    }
    composed.set(nfc, path)
    folded.set(lower, path)
  }
  return problems
}

/** A problem whose path is safe to display anywhere. */
export function problem(path: string, code: string, message: string): ContentProblem {
  return { path: escapeName(path), code, message }
}

function* withFolders(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at)
    yield path
  }
}

function escapeName(path: string): string {
  const shown = path.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown
}
