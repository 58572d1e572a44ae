import { securityHeaders } from './security-headers.ts'

const policyOf = (tilesUrl: string | null) => securityHeaders(false, tilesUrl)['Content-Security-Policy'] ?? ''

it('lets the page ask nobody but this service, and the host of the operator’s own map tiles where there is one', () => {
  expect(policyOf(null)).toContain("connect-src 'self';")
  expect(policyOf('https://charts.example:8443/{z}/{x}/{y}.png')).toContain(
    "connect-src 'self' https://charts.example:8443;",
  )
  for (const policy of [policyOf(null), policyOf('https://charts.example/{z}/{x}/{y}.png')])
    expect(policy).not.toMatch(/unsafe|\*/)
})
