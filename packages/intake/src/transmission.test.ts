import type { MoMessage } from '@paikea/rockblock-client'
import { judgeTimes, judgeTransmission } from './transmission.ts'

const at = (time: string): Date => new Date(time)
const transmitTime = at('2026-11-24T12:00:00Z')
const receivedAt = at('2026-11-24T12:01:00Z')
const ROLLED_BACK = at('2007-04-10T12:00:00Z')

function messageOf(time: Date | null, format: MoMessage['format'] = 'core-push'): MoMessage {
  // Nothing else of a message is looked at.
  return { transmitTime: time, format } as MoMessage
}

describe('judgeTransmission()', () => {
  it.each<[string, Date | null]>([
    ['a minute old', transmitTime],
    ['twenty years old', at('2006-11-24T12:00:00Z')],
    ['ten minutes ahead of our clock', at('2026-11-24T12:11:00Z')],
    ['missing', null],
  ])('returns the time unchanged, without a problem, when it is %s', (_name, time) => {
    expect(judgeTransmission(messageOf(time), receivedAt)).toEqual({ time, shown: time, receivedAt, problems: [] })
  })

  it.each([
    ['rockblock', 'transmit_time'],
    ['cloudloop', 'sbd.sessionAt'],
  ] as const)('drops a time further ahead, shows the arrival instead, and notes it (%s)', (format, field) => {
    const ahead = messageOf(at('2026-11-24T12:11:00.001Z'), format)
    expect(judgeTransmission(ahead, receivedAt)).toMatchObject({
      time: null,
      shown: receivedAt,
      problems: [{ field, code: 'clock-wrong', message: expect.stringContaining('2026-11-24T12:11:00.001Z') }],
    })
  })
})

describe('judgeTimes()', () => {
  interface Given {
    readonly fix: Date | null
    readonly sent?: Date | null
    readonly transmitted?: Date | null
  }
  const judge = ({ fix, sent = transmitTime, transmitted = transmitTime }: Given) => {
    const { problems, ...times } = judgeTimes(
      { field: 'at', time: fix },
      { field: 'txAt', time: sent },
      judgeTransmission(messageOf(transmitted), receivedAt),
    )
    return { ...times, wrong: problems.map(({ field, code }) => `${field} ${code}`) }
  }

  it.each<[string, Date, Date]>([
    ['just before its transmission', at('2026-11-24T11:59:00Z'), at('2026-11-24T11:59:00Z')],
    ['stored for ten days', at('2026-11-14T12:00:00Z'), at('2026-11-14T12:00:00Z')],
    ['stored for 35 days', at('2026-10-20T12:00:00Z'), at('2026-10-20T12:00:00Z')],
    ['seconds ahead', at('2026-11-24T12:00:18Z'), at('2026-11-24T12:00:18Z')],
    ['ten minutes ahead, dated by the arrival', at('2026-11-24T12:10:00Z'), receivedAt],
  ])('trusts a fix %s', (_name, fix, expected) => {
    const skewSeconds = (transmitTime.getTime() - fix.getTime()) / 1000
    expect(judge({ fix })).toEqual({ fixAt: fix, claimedAt: null, at: expected, skewSeconds, wrong: [] })
  })

  it.each<[string, Date]>([
    ['a moment more than 35 days old', at('2026-10-20T11:59:59.999Z')],
    ['1,024 weeks old', ROLLED_BACK],
    ['from 2003', at('2003-07-01T00:00:00Z')],
    ['from the GPS epoch', at('1980-01-06T00:00:00Z')],
    ['from 1970', at('1970-01-01T00:00:00Z')],
    ['more than ten minutes ahead', at('2026-11-24T12:10:00.001Z')],
  ])('dates a fix %s by its transmission, and keeps the claimed time', (_name, fix) => {
    expect(judge({ fix })).toEqual({
      fixAt: null,
      claimedAt: fix,
      at: transmitTime,
      skewSeconds: null,
      wrong: ['at clock-wrong'],
    })
  })

  it('uses the vendor’s time when the device’s time of sending is wrong too', () => {
    expect(judge({ fix: ROLLED_BACK, sent: ROLLED_BACK })).toMatchObject({
      at: transmitTime,
      wrong: ['txAt clock-wrong', 'at clock-wrong'],
    })
  })

  it('uses the time of sending without a vendor’s time, and the arrival when both are missing or wrong', () => {
    const fix = at('2026-11-24T11:50:00Z')
    const sent = at('2026-11-24T11:55:00Z')
    expect(judge({ fix: ROLLED_BACK, sent, transmitted: null })).toMatchObject({ at: sent, wrong: ['at clock-wrong'] })
    expect(judge({ fix, sent, transmitted: null })).toMatchObject({ at: fix, skewSeconds: null, wrong: [] })
    const all = { fix: ROLLED_BACK, sent: ROLLED_BACK, transmitted: null }
    expect(judge(all)).toMatchObject({ at: receivedAt, wrong: ['txAt clock-wrong', 'at clock-wrong'] })
  })

  it('uses the arrival when the vendor’s time lies after it', () => {
    const transmitted = at('2031-10-21T10:41:50Z')
    expect(judge({ fix: null, sent: null, transmitted })).toMatchObject({
      at: receivedAt,
      wrong: ['transmit_time clock-wrong'],
    })
  })

  it('trusts an old fix in an equally old transmission', () => {
    const then = at('2019-05-01T00:00:00Z')
    const fix = at('2019-04-30T23:50:00Z')
    expect(judge({ fix, sent: then, transmitted: then })).toMatchObject({ fixAt: fix, at: fix, wrong: [] })
  })
})
