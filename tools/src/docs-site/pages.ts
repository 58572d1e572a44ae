import { execFileSync } from 'node:child_process'
import { posix } from 'node:path'

/** A repository file that becomes a page of the site. */
export interface SitePage {
  /** Its path in the repository. */
  readonly source: string
  /** Its path on the site. */
  readonly path: string
}

/** Lists all documentation files. */
export function listPages(root: string): readonly SitePage[] {
  // Files committed or about to be: nothing left by a build or a run.
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((source) => source !== '')
    .map((source) => ({ source, path: pathOf(source) }))
}

/** `docs/X.md` becomes `X.html`; other files keep their folder. */
export function pathOf(source: string): string {
  const withoutEnding = source.replace(/\.md$/, '')
  const named =
    posix.basename(withoutEnding) === 'README' ? posix.join(posix.dirname(withoutEnding), 'index') : withoutEnding
  return `${named === 'index' ? 'index' : named.startsWith('docs/') ? named.slice('docs/'.length) : `repository/${named}`}.html`
}
