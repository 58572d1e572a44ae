import { createSeenFiles, readSeenFiles } from './seen-files.ts'

it('counts each file once, and merges what another process has seen', () => {
  const mine = createSeenFiles(10)
  expect([mine.add(0), mine.add(0), mine.add(9), mine.add(10)]).toEqual([true, false, true, false])
  const other = createSeenFiles(10)
  other.add(1)
  other.add(9)
  mine.merge(other.toHex())
  mine.merge(null)
  expect([mine.count, mine.toHex()]).toEqual([3, '0302'])
  expect(readSeenFiles(mine.toHex(), 10).flatMap((isSeen, index) => (isSeen ? [index] : []))).toEqual([0, 1, 9])
  expect(readSeenFiles(null, 2)).toEqual([false, false])
})
