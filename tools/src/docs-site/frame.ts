import { posix } from 'node:path'
import type { SitePage } from './pages.ts'

/** Pages listed first, in this order. */
const FIRST = ['index', 'ARCHITECTURE', 'OPERATIONS', 'SECURITY', 'RELIABILITY', 'HARBOUR', 'WEB', 'BENCHMARKS']

/** The whole page: the table of contents beside the text. Loads nothing from elsewhere; no inline scripts or styles. */
export function wrapPage(options: {
  readonly title: string
  readonly html: string
  readonly path: string
  readonly pages: readonly SitePage[]
}): string {
  const { title, html, path, pages } = options
  const to = (target: string): string => posix.relative(posix.dirname(path), target)
  const listed = pages.filter((page) => !page.path.startsWith('decisions/') && !page.path.includes('/findings/'))
  const rank = ({ path: at }: SitePage): number => {
    const place = FIRST.indexOf(at.replace(/\.html$/, ''))
    return place === -1 ? FIRST.length : place
  }
  const items = listed
    .toSorted((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
    .map((page) => {
      const isHere = page.path === path ? ' aria-current="page"' : ''
      return `<li><a href="${escape(to(page.path))}"${isHere}>${escape(nameOf(page))}</a></li>`
    })
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escape(title)} · Paikea</title>
    <link rel="stylesheet" href="${escape(to('site.css'))}" />
  </head>
  <body>
    <nav aria-label="Pages">
      <ul>
        ${items.join('\n        ')}
        <li><a href="${escape(to('decisions/index.html'))}">Decisions</a></li>
        <li><a href="${escape(to('reference/index.html'))}">Reference of the libraries</a></li>
      </ul>
    </nav>
    <main>
${html}
    </main>
  </body>
</html>
`
}

function nameOf({ source }: SitePage): string {
  if (source === 'README.md') return 'Paikea'
  return source.replace(/^docs\//, '').replace(/(?:\/README)?\.md$/, '')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Readable on a phone and in dark mode. */
export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 16rem minmax(0, 50rem); gap: 2rem; }
nav { padding: 1rem; border-right: 1px solid #8884; }
nav ul { list-style: none; padding: 0; margin: 0; }
nav [aria-current] { font-weight: bold; }
main { padding: 1rem; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.75rem; background: #8882; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8884; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
@media (max-width: 50rem) { body { display: block; } nav { border: 0; } }
`
