import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { listPages, pathOf, type SitePage } from './pages.ts'
import { renderPage } from './render.ts'
import { STYLE, wrapPage } from './frame.ts'

/** The result of a build. */
export interface BuiltSite {
  readonly pages: number
  /** Broken internal links, as `page: link`. */
  readonly broken: readonly string[]
}

/** Builds the site into a folder, which is emptied first. */
export function buildSite({ root, to }: { readonly root: string; readonly to: string }): BuiltSite {
  rmSync(to, { recursive: true, force: true })
  const pages = listPages(root)
  const bySource = new Map(pages.map((page) => [page.source, page]))
  const broken: string[] = []
  const copies = new Set<string>()
  for (const page of pages) {
    const markdown = readFileSync(join(root, page.source), 'utf8')
    const linkTo = (href: string): string | null => {
      const [target = '', anchor] = href.split('#')
      if (/^[a-z]+:/i.test(href) || target === '') return href
      const source = posix.normalize(posix.join(posix.dirname(page.source), decodeURI(target))).replace(/\/$/, '')
      const found = pageOf(root, source, bySource, copies)
      if (found === undefined) broken.push(`${page.source}: ${href}`)
      if (found === undefined || found === null) return null
      return `${posix.relative(posix.dirname(page.path), found)}${anchor === undefined ? '' : `#${anchor}`}`
    }
    const { title, html } = renderPage(markdown, linkTo)
    write(join(to, page.path), wrapPage({ title: title === '' ? page.source : title, html, path: page.path, pages }))
  }
  for (const source of copies) write(join(to, textPathOf(source)), readFileSync(join(root, source), 'utf8'))
  write(join(to, 'site.css'), STYLE)
  return { pages: pages.length, broken }
}

/** A repository file's address on the site; `null`: a folder without a page. `undefined`: no such file. */
function pageOf(
  root: string,
  source: string,
  bySource: ReadonlyMap<string, SitePage>,
  copies: Set<string>,
): string | null | undefined {
  const page = bySource.get(source) ?? bySource.get(posix.join(source, 'README.md'))
  if (page !== undefined) return page.path
  if (source.startsWith('..') || !existsSync(join(root, source))) return undefined
  if (statSync(join(root, source)).isDirectory()) return null
  copies.add(source)
  return textPathOf(source)
}

function textPathOf(source: string): string {
  return `${pathOf(source).replace(/\.html$/, '')}.txt`
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
