import ignore from 'ignore'

/** File in the repository's root that lists what to leave out of a release, in `.gitignore` syntax. */
export const IGNORE_FILE = '.paikeaignore'

/** Default exclusions: hidden names, and readmes and licences in the root. */
const DEFAULT_RULES = ['/.*', '/README*', '/LICENSE*']

/** Whether a path of the repository is excluded from the release. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean

/** Parses the rules; `null` if the repository has no such file. The file itself is never served. */
export function readIgnoreRules(text: string | null): IsIgnored {
  const rules = ignore({ ignorecase: false }).add(text === null ? DEFAULT_RULES : text)
  return (path, isFolder) => path === IGNORE_FILE || rules.ignores(isFolder ? `${path}/` : path)
}
