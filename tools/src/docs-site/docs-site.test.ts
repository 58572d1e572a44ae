import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSite } from './build-site.ts'
import { renderPage } from './render.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

describe('the documentation site', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-docs-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has more than 30 pages, and no broken link, script or inline style', () => {
    const { pages, broken } = buildSite({ root, to: folder })
    expect(broken).toEqual([])
    expect(pages).toBeGreaterThan(30)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
    const texts = new Map(files.map((file) => [join(folder, file), readFileSync(join(folder, file), 'utf8')]))
    const nowhere: string[] = []
    for (const [file, text] of texts) {
      for (const [, href = ''] of text.matchAll(/href="([^"]*)"/g)) {
        // The reference is made by another generator, after the pages.
        if (/^[a-z]+:/i.test(href) || href.includes('reference/index.html')) continue
        const [path = '', anchor] = href.split('#')
        const target = path === '' ? file : join(dirname(file), decodeURI(path))
        const isThere = texts.has(target) || existsSync(target)
        const hasAnchor =
          anchor === undefined || (texts.get(target) ?? '').includes(`id="${decodeURIComponent(anchor)}"`)
        if (!isThere || !hasAnchor) nowhere.push(`${file.slice(folder.length)}: ${href}`)
      }
    }
    expect(nowhere).toEqual([])
    expect([...texts.values()].filter((text) => /<script|style="/.test(text))).toEqual([])
  })
})

it('renderPage() escapes raw HTML, gives headings the ids that GitHub does, and unlinks broken links', () => {
  const { title, html } = renderPage(
    '# A `b` & c\n\n## X\n\n## X\n\n<script>x</script> [there](a.md) [gone](b.md)',
    (href) => (href === 'a.md' ? 'a.html' : null),
  )
  expect(title).toBe('A b & c')
  expect(html).toContain('<h1 id="a-b--c">')
  expect(html).toContain('<h2 id="x-1">')
  expect(html).toContain('&lt;script&gt;')
  expect(html).toContain('<a href="a.html">there</a> <span>gone</span>')
})
