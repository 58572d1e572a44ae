import { securityHeaders } from './security-headers.ts'

const policyOf = (tilesUrl: string | null) => securityHeaders(false, tilesUrl)['Content-Security-Policy'] ?? ''

it('the policy lets the page connect only to this service and to the operator’s tile host, if set', () => {
  expect(policyOf(null)).toContain("connect-src 'self';")
  expect(policyOf('https://charts.example:8443/{z}/{x}/{y}.png')).toContain(
    "connect-src 'self' https://charts.example:8443;",
  )
  for (const policy of [policyOf(null), policyOf('https://charts.example/{z}/{x}/{y}.png')])
    expect(policy).not.toMatch(/unsafe|\*/)
})
