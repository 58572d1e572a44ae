import type { CommandView } from '@paikea/api/contract'
import { codeWords } from '../format/codes.ts'
import type { Translate } from '../i18n/translate.ts'

/** What a person orders. */
export type Order =
  | { readonly command: 'interval'; readonly minutes: number }
  | { readonly command: 'sleep'; readonly seconds: number }
  | { readonly command: 'beacon'; readonly on: boolean }

/** An order, or a command that was one, in words. */
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

/** Why a command is as it is, in words where there are some for the code. */
export function commandReason(code: string | null, t: Translate): string {
  return code === null ? '' : t(codeWords(code))
}
