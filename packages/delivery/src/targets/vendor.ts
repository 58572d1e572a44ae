import type { Subject } from '../plan/subject.ts'
import type { TimeToLive } from '../plan/time-to-live.ts'
import type { ParkAdvice, TargetWords } from './target.ts'

/** Reasons for which a delivery waits for an operator: codes as stored, shown and searchable as `ParkReason`. */
type ParkReason =
  | 'login-wrong'
  | 'unknown-imei'
  | 'no-line-rental'
  | 'no-credit'
  | 'wrong-address'
  | 'request-refused'
  | 'not-configured'

const ADVICE: Readonly<Record<ParkReason, ParkAdvice>> = {
  'login-wrong': {
    what: 'The satellite service refused our user name or password.',
    whatToDo: 'Correct ROCKBLOCK_USER and ROCKBLOCK_PASS, restart the worker, then resume.',
  },
  'unknown-imei': {
    what: 'The satellite service does not know this IMEI in our account.',
    whatToDo:
      'Check the IMEI of the modem, or register it in the account with the service, then resume; otherwise cancel.',
  },
  'no-line-rental': {
    what: 'The modem has no active line rental.',
    whatToDo: 'Activate the modem’s line rental with the satellite service, then resume.',
  },
  'no-credit': {
    what: 'The account with the satellite service is out of credit.',
    whatToDo: 'Buy credits from the satellite service, then resume.',
  },
  'wrong-address': {
    what: 'The configured URL is not that of the satellite service.',
    whatToDo: 'Correct ROCKBLOCK_URL (or ROCKCORE_URL), restart the worker, then resume.',
  },
  'request-refused': {
    what: 'The satellite service refused the request itself.',
    whatToDo: 'Read its answer, correct the account or the URL, then resume; otherwise cancel.',
  },
  'not-configured': {
    what: 'No account is configured for this kind of target.',
    whatToDo:
      'Set ROCKCORE_USER and ROCKCORE_PASS (RockSTAR) or ROCKBLOCK_USER and ROCKBLOCK_PASS (modems), restart the worker, then resume.',
  },
}

/** Texts for people about the satellite service's targets. */
export const vendorWords: TargetWords = {
  receiver: 'The satellite service',
  park: (reason) =>
    isParkReason(reason)
      ? ADVICE[reason]
      : {
          what: `The satellite service refused the account or the modem (${reason}).`,
          whatToDo: 'Correct it with the service, then resume; otherwise cancel.',
        },
}

function isParkReason(code: string): code is ParkReason {
  return Object.hasOwn(ADVICE, code)
}

/** Refusals that do not depend on what is sent. */
export const PARK_ACCOUNT: ReadonlySet<string> = new Set(['login-wrong', 'no-credit'] satisfies ParkReason[])

/** A late message that costs money would mislead, so it is given up. */
export function vendorTimeToLiveMs(subject: Subject | null, { positionMs, commandMs }: TimeToLive): number {
  return subject?.kind === 'position' ? positionMs : commandMs
}
