/** The page of a link from a mail. The token stays behind `#`. */
export const RESET_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>A new password</title>
    <script src="/set-password/page.js" defer></script>
  </head>
  <body>
    <h1>A new password</h1>
    <form id="form">
      <p><label>New password <input id="password" type="password" autocomplete="new-password" minlength="8" maxlength="200" required /></label></p>
      <p><button>Set it</button></p>
    </form>
    <p id="said" role="status"></p>
  </body>
</html>
`

export const RESET_SCRIPT = `'use strict'
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
      said.textContent = 'The password is set. Log in with it.'
    } else said.textContent = (await answer.json()).detail
  } catch {
    said.textContent = 'Not reachable: try again in a moment.'
  }
})
`
