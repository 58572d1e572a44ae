import { vendorWords } from '../targets/vendor.ts'
import { recordOf, type SendOutcome } from './outcome.ts'

describe('recordOf()', () => {
  it.each<[string, SendOutcome, object]>([
    ['sent', { outcome: 'sent', id: '12345' }, { outcome: 'sent', state: 'sent', vendorId: '12345', reasonCode: null }],
    [
      'a wrong login',
      { outcome: 'rejected', fault: 'configuration', reason: 'login-wrong', code: 10, text: 'Invalid login' },
      {
        outcome: 'parked',
        state: 'parked',
        reasonCode: 'login-wrong',
        reasonDetail: expect.stringContaining('then resume. (10 Invalid login)'),
      },
    ],
    [
      'a message that can never go',
      { outcome: 'rejected', fault: 'message', reason: 'too-long', code: 15, text: 'too long' },
      { outcome: 'failed', state: 'failed', reasonCode: 'too-long' },
    ],
    [
      'a busy service',
      { outcome: 'try-later', reason: 'system-error', retryAfterMs: 7_000 },
      { outcome: 'try-later', state: 'queued', reasonCode: 'system-error', retryAfterMs: 7_000 },
    ],
    [
      'no answer',
      { outcome: 'unknown', reason: 'timed-out' },
      { outcome: 'unknown', state: 'unknown', reasonCode: 'timed-out' },
    ],
  ])('%s', (_title, result, expected) => {
    expect(
      recordOf({ outboundId: 3, attempt: 2, finishedAtMs: 1_000, latencyMs: 12 }, result, vendorWords),
    ).toMatchObject({
      outboundId: 3,
      attempt: 2,
      finishedAtMs: 1_000,
      ...expected,
    })
  })

  it('truncates the reason to the width of its columns', () => {
    const record = recordOf(
      { outboundId: 1, attempt: 1, finishedAtMs: 0, latencyMs: 0 },
      { outcome: 'rejected', fault: 'message', reason: 'r'.repeat(99), code: 1, text: 't'.repeat(999) },
      vendorWords,
    )
    expect(record.reasonCode).toHaveLength(64)
    expect(record.reasonDetail).toHaveLength(500)
  })
})

describe('vendorWords', () => {
  it('describe even an unknown reason', () => {
    expect(vendorWords.park('brand-new').what).toContain('brand-new')
  })
})
