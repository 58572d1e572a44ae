import { SESSION_LIFE_MS } from '@paikea/operations'

/** A cookie of ours. Behind https its name says that no other host can have set it. */
interface OwnCookie {
  nameFor(isHttps: boolean): string
  /** The header's value. By hand: Koa refuses `Secure` where a proxy in front holds the certificate. */
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

/** The log-in of a browser. */
export const SESSION_COOKIE = cookie('paikea_session', 'Strict')
/** A log-in at the identity provider that is under way; sent along when the browser comes back from there. */
export const SIGN_IN_COOKIE = cookie('paikea_sign_in', 'Lax')

/** Begins a session in the browser. */
export function writeSessionCookie(secret: string, isHttps: boolean): string {
  return SESSION_COOKIE.write(secret, SESSION_LIFE_MS / 1000, isHttps)
}
