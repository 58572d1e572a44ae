import type { CommandView } from '@paikea/api/contract'
import { codeWords } from '../format/codes.ts'
import type { Translate } from '../i18n/translate.ts'

/** A user's order. */
export type Order =
  | { readonly command: 'interval'; readonly minutes: number }
  | { readonly command: 'sleep'; readonly seconds: number }
  | { readonly command: 'beacon'; readonly on: boolean }

/** An order, or a command that came from one, in words. */
export function orderWords(order: Order | CommandView, t: Translate): string {
  switch (order.command) {
    case 'interval':
      return t('interval {minutes} min', { minutes: order.minutes ?? 0 })
    case 'sleep':
      return t('sleep {seconds} s', { seconds: order.seconds ?? 0 })
    case 'beacon':
      return t(order.on === true ? 'beacon on' : 'beacon off')
  }
}

/** Why a command is in its state, in words if the code has any. */
export function commandReason(code: string | null, t: Translate): string {
  return code === null ? '' : t(codeWords(code))
}
