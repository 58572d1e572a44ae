/** The page that a mailed link opens. The token stays behind `#`, so servers never see it. */
export const RESET_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>A new password</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/shared/page.css" />
    <script src="/set-password/page.js" defer></script>
  </head>
  <body>
    <main>
    <h1 id="title">A new password</h1>
    <form id="form">
      <p><label><span id="label">New password</span> <input id="password" type="password" autocomplete="new-password" minlength="8" maxlength="200" required /></label></p>
      <p><button id="button">Set it</button></p>
    </form>
    <p id="said" role="status"></p>
    <p><a href="/">Paikea</a></p>
    </main>
  </body>
</html>
`

/** Fills in text only, in Spanish if that is the browser's language. */
export const RESET_SCRIPT = `'use strict'
const SPANISH = {
  'A new password': 'Una contraseña nueva', 'New password': 'Contraseña nueva', 'Set it': 'Fijarla',
  'The password is set. Log in with it.': 'La contraseña está fijada. Entre con ella.',
  'Not reachable: try again in a moment.': 'Sin conexión: inténtelo otra vez en un momento.',
}
const isSpanish = navigator.language.startsWith('es')
const say = (english) => (isSpanish ? SPANISH[english] : english)
document.documentElement.lang = isSpanish ? 'es' : 'en'
document.title = say('A new password')
document.getElementById('title').textContent = say('A new password')
document.getElementById('label').textContent = say('New password')
document.getElementById('button').textContent = say('Set it')
const form = document.getElementById('form')
const said = document.getElementById('said')
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const password = document.getElementById('password').value
  try {
    const answer = await fetch('/v1/password-links/use', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: location.hash.slice(1), password }),
    })
    if (answer.status === 204) {
      form.remove()
      said.textContent = say('The password is set. Log in with it.')
    } else said.textContent = (await answer.json()).detail
  } catch {
    said.textContent = say('Not reachable: try again in a moment.')
  }
})
`
