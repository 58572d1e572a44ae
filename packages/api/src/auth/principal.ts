import type { Caller } from '@paikea/operations'

/** The user behind a session. */
export interface PrincipalUser {
  readonly id: number
  readonly email: string
  readonly displayName: string | null
}

/** The caller: a user with a session, or a program with a token. Operations take it as their caller. */
export interface Principal extends Caller {
  readonly user: PrincipalUser | null
  /**
   * Key for rate limits: a user shares it with all tokens they made; tokens made on the command line share one per
   * group.
   */
  readonly account: string
  /** The user must set up a required second factor first, and has no role until then. */
  readonly isHeldBack: boolean
  /** For a session: its row id and the CSRF token its changing requests must carry. */
  readonly session: { readonly id: number; readonly csrfToken: string } | null
}
