/**
 * The page that a link opens: minimal, so that it works on a ship's old phone. The token stays behind `#`, so servers
 * never see it.
 */
export const SHARED_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>Paikea</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/shared/page.css" />
    <script src="/shared/page.js" defer></script>
  </head>
  <body>
    <main>
      <h1 id="name">Paikea</h1>
      <dl id="facts" aria-live="polite"><dt>Loading</dt><dd>Needs JavaScript.</dd></dl>
    </main>
  </body>
</html>
`

/** Polls every minute; fills in text only, in Spanish if that is the browser's language. */
export const SHARED_SCRIPT = `'use strict'
const SPANISH = {
  Position: 'Posición', Age: 'Antigüedad', Careful: 'Cuidado', State: 'Estado', 'Next report': 'Próximo informe',
  'This link ends': 'Este enlace termina', Over: 'Terminado', 'Not reachable': 'Sin conexión', 'none yet': 'aún ninguna',
  'not known': 'desconocido', 'This link does not lead anywhere any more.': 'Este enlace ya no lleva a ninguna parte.',
  'The next try is in a minute.': 'El próximo intento es dentro de un minuto.',
  'It repeats this position since': 'Repite esta posición desde', 'heard from in time': 'a tiempo',
  'asleep as ordered': 'dormida según orden', late: 'atrasada', silent: 'en silencio', 'never heard from': 'sin noticias',
}
const isSpanish = navigator.language.startsWith('es')
const say = (english) => (isSpanish ? (SPANISH[english] ?? english) : english)
document.documentElement.lang = isSpanish ? 'es' : 'en'
const HEALTH = {
  ok: 'heard from in time', asleep: 'asleep as ordered', late: 'late', silent: 'silent', unknown: 'never heard from',
}
const facts = document.getElementById('facts')
const show = (pairs) => {
  facts.replaceChildren(
    ...pairs.flatMap(([term, text]) => {
      const [dt, dd] = [document.createElement('dt'), document.createElement('dd')]
      dt.textContent = say(term)
      dd.textContent = text
      return [dt, dd]
    }),
  )
}
const age = (seconds) => {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return minutes + ' min'
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return hours + ' h ' + String(minutes % 60).padStart(2, '0') + ' min'
  return Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h'
}
const moment = (iso) => iso.slice(0, 16).replace('T', ' ') + ' UTC'
const span = (from, to) =>
  from.slice(0, 10) === to.slice(0, 10) ? moment(from).slice(0, 16) + ' – ' + moment(to).slice(11) : moment(from) + ' – ' + moment(to)
const angle = (degrees, digits, marks) => {
  const thousandths = Math.round(Math.abs(degrees) * 60000)
  const whole = Math.floor(thousandths / 60000)
  const minutes = ((thousandths - whole * 60000) / 1000).toFixed(3).padStart(6, '0')
  return String(whole).padStart(digits, '0') + '°' + minutes + '′ ' + marks[degrees < 0 ? 1 : 0]
}
const place = ({ latitude, longitude }) => angle(latitude, 2, 'NS') + ' ' + angle(longitude, 3, 'EW')
async function look() {
  try {
    const answer = await fetch('/v1/shared', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: location.hash.slice(1) }),
    })
    if (answer.status === 404) return show([['Over', say('This link does not lead anywhere any more.')]])
    if (!answer.ok) throw new Error(String(answer.status))
    const { name, lastFix, health, nextExpected, positionFrozenSince, until } = await answer.json()
    document.getElementById('name').textContent = name
    document.title = name
    show([
      ['Position', lastFix ? place(lastFix) : say('none yet')],
      ['Age', lastFix ? age(lastFix.ageSeconds) + ' (' + moment(lastFix.at) + ')' : '–'],
      ...(positionFrozenSince ? [['Careful', say('It repeats this position since') + ' ' + moment(positionFrozenSince)]] : []),
      ['State', say(HEALTH[health] ?? health)],
      ['Next report', nextExpected ? span(nextExpected.from, nextExpected.to) : say('not known')],
      ['This link ends', moment(until)],
    ])
  } catch {
    show([['Not reachable', say('The next try is in a minute.')]])
  }
}
void look()
setInterval(look, 60000)
`
