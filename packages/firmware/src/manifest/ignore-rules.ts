import ignore from 'ignore'

/** File in the repository's top folder that says what is left out of a release, in the words of `.gitignore`. */
export const IGNORE_FILE = '.paikeaignore'

/** What is left out where the repository says nothing: hidden names, read-mes and licences of the top folder. */
const DEFAULT_RULES = ['/.*', '/README*', '/LICENSE*']

/** Says whether a path of the repository stays out of the release. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean

/** Reads the rules; `null` if the repository has no such file. The file itself is never served. */
export function readIgnoreRules(text: string | null): IsIgnored {
  const rules = ignore({ ignorecase: false }).add(text === null ? DEFAULT_RULES : text)
  return (path, isFolder) => path === IGNORE_FILE || rules.ignores(isFolder ? `${path}/` : path)
}
