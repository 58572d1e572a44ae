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
  ['lets be what is being sent', { ...begun, openSince: later(-5) }, 'send', { do: 'let-be' }],
  [
    'repeats what a process has begun that is gone',
    { ...begun, openSince: later(-5), holderIsGone: true },
    'send',
    { do: 'send', attempt: 2, isRepeat: true },
  ],
  [
    'repeats what was begun long ago',
    { ...begun, openSince: later(-20) },
    'send',
    { do: 'send', attempt: 2, isRepeat: true },
  ],
  ['repeats what a clock ahead began', { ...begun, openSince: later(7_200) }, 'send', { do: 'send', isRepeat: true }],
  ['pauses until it is time', { lastAttempt: 1, retryAt: later(600) }, 'send', { do: 'pause', retryInMs: 600_000 }],
  ['does not wait for what a clock ahead wrote', { lastAttempt: 1, retryAt: later(7_200) }, 'send', { do: 'send' }],
]

describe('decideTurn()', () => {
  it.each<[string, Partial<TurnView>, Wish, object]>([
    ['sends what is first in its queue', {}, 'send', { do: 'send', attempt: 1 }],
    ['counts attempts on', { lastAttempt: 4 }, 'send', { do: 'send', attempt: 5 }],
    ['waits behind an earlier delivery', { hasEarlierDelivery: true }, 'send', { do: 'wait' }],
    ['waits for an earlier message of the same device', { hasEarlierMessage: true }, 'send', { do: 'wait' }],
    [
      'never repeats a begun attempt',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'send',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'nor where the one who began it is gone',
      { state: 'sending', lastAttempt: 1, openSince: now, holderIsGone: true },
      'send',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'nor when asked to resume',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'resume',
      { do: 'finish', state: 'unknown' },
    ],
    [
      'nor calls it cancelled',
      { state: 'sending', lastAttempt: 1, openSince: now },
      'cancel',
      { do: 'finish', state: 'unknown' },
    ],
    ['ends it when cancelled', {}, 'cancel', { do: 'finish', state: 'cancelled' }],
    ['ends it when cancelled while parked', { state: 'parked' }, 'cancel', { do: 'finish', state: 'cancelled' }],
    [
      'ends it when cancelled behind others',
      { hasEarlierDelivery: true },
      'cancel',
      { do: 'finish', state: 'cancelled' },
    ],
    ['holds it behind a parked account', { account: { state: 'parked' } }, 'send', { do: 'hold' }],
    ['lets a probe of the account through', { account: { state: 'parked' } }, 'probe', { do: 'send', attempt: 1 }],
    ['holds nothing behind an account that is well', { account: { state: 'active' } }, 'send', { do: 'send' }],
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
      'goes on when resumed',
      { state: 'parked', reasonCode: 'no-credit', lastAttempt: 1 },
      'resume',
      { do: 'send', attempt: 2 },
    ],
    ['waits when resumed behind others', { state: 'parked', hasEarlierDelivery: true }, 'resume', { do: 'wait' }],
    ...ofPrograms,
    ['leaves what is done alone', { state: 'sent' }, 'cancel', { do: 'nothing', state: 'sent' }],
    ['leaves what is expired alone', { state: 'expired' }, 'resume', { do: 'nothing', state: 'expired' }],
  ])('%s', (_title, view, wish, expected) => {
    expect(decideTurn({ ...queued, ...view }, wish, now)).toMatchObject(expected)
  })
})
