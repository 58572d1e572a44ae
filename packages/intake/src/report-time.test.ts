import { reportTime } from './report-time.ts'

const receivedAt = new Date('2026-11-24T12:00:00Z')
const at = (time: string): Date => new Date(`2026-11-24T${time}Z`)

describe('reportTime()', () => {
  it.each<[string, (Date | null)[], Date]>([
    ['the fix, hours late', [at('01:00:00'), at('11:59:00')], at('01:00:00')],
    ['the arrival, where the fix lies seconds ahead', [at('12:00:04'), at('11:59:00')], receivedAt],
    ['the transmission, where the fix lies minutes ahead', [at('12:05:00'), at('11:59:00')], at('11:59:00')],
    ['the arrival, where our clock is minutes behind', [at('12:05:00'), at('12:05:30')], receivedAt],
    ['the transmission, where the fix cannot have been yet', [at('23:00:00'), at('11:59:00')], at('11:59:00')],
    ['the transmission, without a fix', [null, at('11:59:00')], at('11:59:00')],
    ['the arrival, where nothing else is of use', [null, at('13:00:00')], receivedAt],
    ['the arrival, where nothing is known', [], receivedAt],
  ])('takes %s', (_name, candidates, expected) => {
    expect(reportTime(candidates, receivedAt)).toEqual(expected)
  })
})
