/** Styles for pages that need no account: small, and readable on any phone, light or dark. */
export const PLAIN_STYLE = `:root {
  color-scheme: light dark;
  font: 1.05rem/1.45 system-ui, sans-serif;
}
body {
  max-width: 34rem;
  margin: 0 auto;
  padding: 1rem;
}
h1 {
  font-size: 1.4rem;
  overflow-wrap: anywhere;
}
dt {
  margin-top: 0.75rem;
  font-size: 0.9rem;
}
dd {
  margin: 0;
  font-size: 1.2rem;
  font-weight: 600;
  overflow-wrap: anywhere;
}
label {
  display: grid;
  gap: 0.3rem;
}
input,
button {
  min-height: 2.75rem;
  padding: 0 0.75rem;
  font: inherit;
}
`
