import { execFileSync } from 'node:child_process'
import { posix } from 'node:path'

/** A file of the repository that becomes a part of the site. */
export interface SitePage {
  /** Its path in the repository. */
  readonly source: string
  /** Its path on the site. */
  readonly path: string
}

/** Everything that was written to be read. */
export function listPages(root: string): readonly SitePage[] {
  // What is committed or about to be: nothing that a build or a run left.
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((source) => source !== '')
    .map((source) => ({ source, path: pathOf(source) }))
}

/** `docs/X.md` is `X.html`; what stands elsewhere keeps its folder. */
export function pathOf(source: string): string {
  const withoutEnding = source.replace(/\.md$/, '')
  const named =
    posix.basename(withoutEnding) === 'README' ? posix.join(posix.dirname(withoutEnding), 'index') : withoutEnding
  return `${named === 'index' ? 'index' : named.startsWith('docs/') ? named.slice('docs/'.length) : `repository/${named}`}.html`
}
