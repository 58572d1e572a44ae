import type { Caller } from '@paikea/operations'

/** The signed-in person of a session. */
export interface PrincipalUser {
  readonly id: number
  readonly email: string
  readonly displayName: string | null
}

/** Who asks: a person with a session, or a program with a token. Operations take it as their caller. */
export interface Principal extends Caller {
  readonly user: PrincipalUser | null
  /** Whose limits it counts against: a person with all the tokens that person made; what a command made, by group. */
  readonly account: string
  /** A person who has to set a second factor first, where one is required: has no role until then. */
  readonly isHeldBack: boolean
  /** Set for a session: its row and the value its changing requests must carry. */
  readonly session: { readonly id: number; readonly csrfToken: string } | null
}
