/** The page of a link: the smallest that works on a ship's old telephone. The token stays behind `#`. */
export const SHARED_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>Paikea</title>
    <script src="/shared/page.js" defer></script>
  </head>
  <body>
    <h1 id="name">Buoy</h1>
    <dl id="facts" aria-live="polite"><dt>Loading</dt><dd>Needs JavaScript.</dd></dl>
  </body>
</html>
`

/** Asks each minute; writes text only. */
export const SHARED_SCRIPT = `'use strict'
const facts = document.getElementById('facts')
const show = (pairs) => {
  facts.replaceChildren(
    ...pairs.flatMap(([term, text]) => {
      const [dt, dd] = [document.createElement('dt'), document.createElement('dd')]
      dt.textContent = term
      dd.textContent = text
      return [dt, dd]
    }),
  )
}
const minutes = (seconds) => {
  const all = Math.round(seconds / 60)
  return all < 120 ? all + ' min' : Math.round(all / 60) + ' h'
}
async function look() {
  try {
    const answer = await fetch('/v1/shared', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: location.hash.slice(1) }),
    })
    if (answer.status === 404) return show([['Over', 'This link does not lead anywhere any more.']])
    if (!answer.ok) throw new Error(String(answer.status))
    const { name, lastFix, health, nextExpected, positionFrozenSince, until } = await answer.json()
    document.getElementById('name').textContent = name
    document.title = name
    show([
      ['Position', lastFix ? lastFix.latitude.toFixed(5) + ', ' + lastFix.longitude.toFixed(5) : 'none yet'],
      ['Age', lastFix ? minutes(lastFix.ageSeconds) + ' (' + lastFix.at + ')' : '-'],
      ...(positionFrozenSince ? [['Careful', 'It repeats this position since ' + positionFrozenSince]] : []),
      ['State', health],
      ['Next report', nextExpected ? nextExpected.from + ' to ' + nextExpected.to : 'not known'],
      ['This link ends', until],
    ])
  } catch {
    show([['Not reachable', 'The next try is in a minute.']])
  }
}
void look()
setInterval(look, 60000)
`
