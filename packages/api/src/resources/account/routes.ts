import { countRecoveryCodes, listSessions, loadSecondFactor, normaliseEmail } from '@paikea/database'
import {
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  endSecondFactor,
  endSessions,
  makePasswordLink,
  makeRecoveryCodes,
  strangerCaller,
  usePasswordLink,
} from '@paikea/operations'
import { z } from 'zod'
import { presentFields } from '../../http/fields.ts'
import { describeError } from '../../http/log.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { guessing, ofSession } from './own-account.ts'
import { RESET_PAGE, RESET_SCRIPT } from './page.ts'
import {
  AskedSchema,
  AskForLinkSchema,
  ChangePasswordSchema,
  CodeSchema,
  EndedSchema,
  MadeSecondFactorSchema,
  OwnSessionPage,
  PasswordOnlySchema,
  RecoveryCodesSchema,
  SecondFactorSchema,
  SessionParams,
  UseLinkSchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'mailer' | 'publicUrl' | 'log' | 'addressOf' | 'failedLogIns'>>()

/** What users do with their own account. */
export const accountRoutes = [
  route({
    method: 'GET',
    path: '/v1/sessions',
    summary: 'The caller’s sessions, newest first',
    access: 'logged-in',
    limit: 'reads',
    answer: OwnSessionPage,
    run: async ({ principal }, { db }) => {
      const userId = principal.user?.id ?? null
      const rows = userId === null ? [] : await listSessions(db, { userId, now: new Date() })
      const fields = ['id', 'createdAt', 'lastSeenAt', 'expiresAt', 'address', 'userAgent', 'method'] as const
      const items = rows.map((row) => ({ ...presentFields(row, fields), isThis: row.id === principal.session?.id }))
      return ok({ items, nextCursor: null })
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/sessions',
    summary: 'Log out everywhere else',
    access: 'logged-in',
    limit: 'writes',
    answer: EndedSchema,
    problems: ['no-account'],
    run: async ({ principal }, { db }) => {
      const ended = await endSessions({ db, caller: ofSession(principal) }, { exceptId: principal.session?.id ?? null })
      return ok({ ended })
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/sessions/:id',
    summary: 'End one of the caller’s sessions',
    access: 'logged-in',
    limit: 'writes',
    params: SessionParams,
    status: 204,
    run: async ({ principal, params }, { db }) => {
      await endSessions({ db, caller: ofSession(principal) }, params)
      return noContent()
    },
  }),

  route({
    method: 'PUT',
    path: '/v1/session/password',
    summary: 'Change the caller’s own password; ends other sessions',
    access: 'logged-in',
    limit: 'log-ins',
    body: ChangePasswordSchema,
    status: 204,
    problems: ['no-account', 'busy'],
    run: async ({ principal, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      const sessionId = principal.session?.id ?? null
      await guessing(failedLogIns, principal.account, () => changePassword(context, { ...body, sessionId }))
      return noContent()
    },
  }),

  route({
    method: 'GET',
    path: '/v1/session/second-factor',
    summary: 'Whether the caller has a second factor, and how many recovery codes are left',
    access: 'logged-in',
    limit: 'reads',
    answer: SecondFactorSchema,
    run: async ({ principal }, { db }) => {
      const userId = principal.user?.id ?? null
      const factor = userId === null ? null : await loadSecondFactor(db, { userId })
      const since = factor?.since ?? null
      const recoveryCodesLeft = userId === null ? 0 : await countRecoveryCodes(db, { userId })
      return ok({ since: since?.toISOString() ?? null, recoveryCodesLeft })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/session/recovery-codes',
    summary: 'Create single-use recovery codes for the second factor; earlier ones become invalid',
    access: 'logged-in',
    limit: 'log-ins',
    body: PasswordOnlySchema,
    answer: RecoveryCodesSchema,
    status: 201,
    problems: ['no-account', 'no-second-factor', 'busy'],
    run: async ({ principal, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      const codes = await guessing(failedLogIns, principal.account, () => makeRecoveryCodes(context, body))
      return { status: 201, body: { codes: [...codes] } }
    },
  }),

  route({
    method: 'POST',
    path: '/v1/session/second-factor',
    summary: 'Start setting up a second factor (TOTP); confirm it with a code',
    access: 'logged-in',
    limit: 'log-ins',
    body: PasswordOnlySchema,
    answer: MadeSecondFactorSchema,
    status: 201,
    problems: ['no-account', 'has-second-factor', 'busy'],
    run: async ({ principal, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      const made = await guessing(failedLogIns, principal.account, () => beginSecondFactor(context, body))
      return { status: 201, body: { ...made } }
    },
  }),

  route({
    method: 'PUT',
    path: '/v1/session/second-factor',
    summary: 'Confirm the second factor with a code; log-ins require one from then on',
    access: 'logged-in',
    limit: 'log-ins',
    body: CodeSchema,
    status: 204,
    problems: ['no-second-factor'],
    run: async ({ principal, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      await guessing(failedLogIns, principal.account, () => confirmSecondFactor(context, body))
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/session/second-factor/end',
    summary: 'End the second factor',
    access: 'logged-in',
    limit: 'log-ins',
    body: PasswordOnlySchema,
    status: 204,
    problems: ['no-account', 'busy'],
    run: async ({ principal, body }, { db, failedLogIns }) => {
      const context = { db, caller: ofSession(principal) }
      await guessing(failedLogIns, principal.account, () => endSecondFactor(context, body))
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/password-links',
    summary: 'Mail a link that sets a new password; the response is the same for everybody',
    access: 'anyone',
    limit: 'log-ins',
    body: AskForLinkSchema,
    answer: AskedSchema,
    status: 202,
    run: async ({ body, ctx }, { db, mailer, publicUrl, log, addressOf, failedLogIns }) => {
      const address = addressOf(ctx.req)
      const email = normaliseEmail(body.email)
      const key = `link ${address ?? 'unknown'} ${email}`
      await failedLogIns.check(key)
      await failedLogIns.count(key)
      if (mailer === null || publicUrl === null) {
        log.warn('password-link.not-sent', { reason: 'needs PAIKEA_SMTP_URL and PAIKEA_PUBLIC_URL' })
        return { status: 202, body: { status: 'asked' as const } }
      }
      // Not awaited: the response time would reveal who has an account.
      void makePasswordLink({ db, caller: strangerCaller(address) }, { email })
        .then(async (made) => {
          if (made !== null) await mailer.send(writeMail(made.email, `${publicUrl}/set-password#${made.token}`))
        })
        .catch((error: unknown) => log.warn('password-link.not-sent', describeError(error)))
      return { status: 202, body: { status: 'asked' as const } }
    },
  }),

  route({
    method: 'POST',
    path: '/v1/password-links/use',
    summary: 'Set a password with such a link',
    access: 'anyone',
    limit: 'log-ins',
    body: UseLinkSchema,
    status: 204,
    problems: ['busy'],
    run: async ({ body, ctx }, { db, addressOf }) => {
      await usePasswordLink({ db, caller: strangerCaller(addressOf(ctx.req)) }, body)
      return noContent()
    },
  }),

  route({
    method: 'GET',
    path: '/set-password',
    summary: 'The page of such a link',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/html; charset=utf-8',
    run: async () => ok(RESET_PAGE),
  }),

  route({
    method: 'GET',
    path: '/set-password/page.js',
    summary: 'The script of that page',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/javascript; charset=utf-8',
    run: async () => ok(RESET_SCRIPT),
  }),
] as const

function writeMail(to: string, link: string) {
  return {
    to,
    subject: 'A new password for Paikea',
    id: `password-${String(Date.now())}`,
    text: `Someone, probably you, requested a new password. Use this link within the next hour to set one; it works once:\n\n${link}\n\nIf it was not you, you can ignore this message.\n`,
  }
}
