import { decideTurn, type TurnView, type Wish } from './turn.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const queued: TurnView = {
  state: 'queued',
  expiresAt: null,
  reasonCode: null,
  vendorId: null,
  lastAttempt: 0,
  openSince: null,
  holderIsGone: false,
  hasEarlierDelivery: false,
  hasEarlierMessage: false,
  retryAt: null,
  mayRepeatUnknown: false,
  endpoint: null,
}

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000)
const begun = { state: 'sending', lastAttempt: 1, mayRepeatUnknown: true } as const

/** A receiver that tells doubles by our id gets again what may have arrived. */
const ofPrograms: [string, Partial<TurnView>, Wish, object][] = [
  ['leaves a send in progress alone', { ...begun, openSince: later(-5) }, 'send', { do: 'let-be' }],
  [
    'repeats a send begun by a process that is gone',
    { ...begun, openSince: later(-5), holderIsGone: true },
    'send',
    { do: 'send', attempt: 2, isRepeat: true },
  ],
  [
    'repeats a send begun long ago',
    { ...begun, openSince: later(-20) },
    'send',
    { do: 'send', attempt: 2, isRepeat: true },
  ],
  ['repeats a send dated in the future', { ...begun, openSince: later(7_200) }, 'send', { do: 'send', isRepeat: true }],
  ['pauses until a retry is due', { lastAttempt: 1, retryAt: later(600) }, 'send', { do: 'pause', retryInMs: 600_000 }],
  ['ignores a retry time from a clock ahead', { lastAttempt: 1, retryAt: later(7_200) }, 'send', { do: 'send' }],
]

describe('decideTurn()', () => {
  it.each<[string, Partial<TurnView>, Wish, object]>([
    ['sends the first in its queue', {}, 'send', { do: 'send', attempt: 1 }],
    ['counts on from the last attempt', { lastAttempt: 4 }, 'send', { do: 'send', attempt: 5 }],
    ['waits behind an earlier delivery', { hasEarlierDelivery: true }, 'send', { do: 'wait' }],
    ['waits for an earlier message of the same device', { hasEarlierMessage: true }, 'send', { do: 'wait' }],
    [
      'never repeats a begun attempt',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'send',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'never repeats one whose process is gone',
      { state: 'sending', lastAttempt: 1, openSince: now, holderIsGone: true },
      'send',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'never repeats a begun attempt on resume',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'resume',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'never cancels a begun attempt',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'cancel',
      { do: 'finish', state: 'unknown' },
    ],
    ['finishes when cancelled', {}, 'cancel', { do: 'finish', state: 'cancelled' }],
    ['finishes when cancelled while parked', { state: 'parked' }, 'cancel', { do: 'finish', state: 'cancelled' }],
    [
      'finishes when cancelled behind others',
      { hasEarlierDelivery: true },
      'cancel',
      { do: 'finish', state: 'cancelled' },
    ],
    ['holds behind a parked account', { account: { state: 'parked' } }, 'send', { do: 'hold' }],
    ['lets a probe of the account through', { account: { state: 'parked' } }, 'probe', { do: 'send', attempt: 1 }],
    ['does not hold behind an active account', { account: { state: 'active' } }, 'send', { do: 'send' }],
    ['expires at its time', { expiresAt: now }, 'send', { do: 'finish', state: 'expired' }],
    ['expires while parked', { state: 'parked', expiresAt: now }, 'resume', { do: 'finish', state: 'expired' }],
    ['expires behind others', { hasEarlierDelivery: true, expiresAt: now }, 'send', { do: 'finish', state: 'expired' }],
    [
      'does not expire a millisecond early',
      { expiresAt: new Date(now.getTime() + 1) },
      'send',
      { do: 'send', attempt: 1 },
    ],
    [
      'stays parked',
      { state: 'parked', reasonCode: 'no-credit' },
      'send',
      { do: 'stay-parked', reasonCode: 'no-credit' },
    ],
    [
      'sends when it is resumed',
      { state: 'parked', reasonCode: 'no-credit', lastAttempt: 1 },
      'resume',
      { do: 'send', attempt: 2 },
    ],
    ['waits when resumed behind others', { state: 'parked', hasEarlierDelivery: true }, 'resume', { do: 'wait' }],
    ...ofPrograms,
    ['leaves a sent delivery alone', { state: 'sent' }, 'cancel', { do: 'nothing', state: 'sent' }],
    ['leaves an expired delivery alone', { state: 'expired' }, 'resume', { do: 'nothing', state: 'expired' }],
  ])('%s', (_title, view, wish, expected) => {
    expect(decideTurn({ ...queued, ...view }, wish, now)).toMatchObject(expected)
  })
})
