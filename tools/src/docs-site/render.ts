import MarkdownIt from 'markdown-it'

/** A rendered page. */
export interface Rendered {
  readonly title: string
  readonly html: string
}

/**
 * Renders a page from Markdown.
 *
 * @param linkTo maps a link of this page to its target on the site; `null`: no target, so only the link's text is kept
 */
export function renderPage(markdown: string, linkTo: (href: string) => string | null): Rendered {
  // Raw HTML in a page is shown as text.
  const renderer = new MarkdownIt({ html: false, linkify: false })
  const tokens = renderer.parse(markdown, {})
  const seen = new Map<string, number>()
  let title = ''
  tokens.forEach((token, at) => {
    if (token.type === 'heading_open') {
      const text = plainText(tokens[at + 1]?.children ?? [])
      if (title === '') title = text
      token.attrSet('id', slugOf(text, seen))
    }
    const open: boolean[] = []
    for (const child of token.children ?? []) {
      if (child.type === 'link_open') {
        const to = linkTo(child.attrGet('href') ?? '')
        open.push(to !== null)
        if (to === null) child.tag = 'span'
        else child.attrSet('href', to)
        if (to === null) child.attrs = null
      } else if (child.type === 'link_close' && open.pop() === false) child.tag = 'span'
    }
  })
  return { title, html: renderer.renderer.render(tokens, renderer.options, {}) }
}

/** GitHub's slug of a heading, so that the same link works in both places. */
function slugOf(text: string, seen: Map<string, number>): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
  const times = seen.get(slug) ?? 0
  seen.set(slug, times + 1)
  return times === 0 ? slug : `${slug}-${String(times)}`
}

function plainText(tokens: readonly { readonly type: string; readonly content: string }[]): string {
  return tokens
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('')
}
