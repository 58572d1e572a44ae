import { SESSION_LIFE_MS } from '@paikea/operations'

/** One of our cookies. Over HTTPS it carries the `__Host-` prefix, so no other host can have set it. */
interface OwnCookie {
  nameFor(isHttps: boolean): string
  /** The `Set-Cookie` value. Written by hand: Koa refuses `Secure` when a proxy terminates TLS. */
  write(value: string, maxAgeSeconds: number, isHttps: boolean): string
}

function cookie(name: string, sameSite: 'Strict' | 'Lax'): OwnCookie {
  const nameFor = (isHttps: boolean) => (isHttps ? `__Host-${name}` : name)
  return {
    nameFor,
    write: (value, maxAgeSeconds, isHttps) =>
      [
        `${nameFor(isHttps)}=${value}`,
        'Path=/',
        `Max-Age=${String(maxAgeSeconds)}`,
        'HttpOnly',
        `SameSite=${sameSite}`,
        ...(isHttps ? ['Secure'] : []),
      ].join('; '),
  }
}

/** A browser's session. */
export const SESSION_COOKIE = cookie('paikea_session', 'Strict')
/** A sign-in in progress at the identity provider; sent when the browser returns from there. */
export const SIGN_IN_COOKIE = cookie('paikea_sign_in', 'Lax')

/** Starts a session in the browser. */
export function writeSessionCookie(secret: string, isHttps: boolean): string {
  return SESSION_COOKIE.write(secret, SESSION_LIFE_MS / 1000, isHttps)
}
