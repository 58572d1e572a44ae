/**
 * Headers of every response except the webhooks'. The page loads nothing from other origins; there are no inline
 * scripts or styles, and text never becomes script: its one Trusted Types policy admits only its own workers.
 */
export function securityHeaders(isHttps: boolean, tilesUrl: string | null = null): Readonly<Record<string, string>> {
  // The one exception: the operator's own map tiles.
  const tiles = tilesUrl === null ? '' : ` ${new URL(tilesUrl).origin}`
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      `connect-src 'self'${tiles}`,
      "worker-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types default',
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(self)',
    ...(isHttps ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}
