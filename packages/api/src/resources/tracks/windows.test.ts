import { windowsOf } from './windows.ts'

const day = (number: number): Date => new Date(Date.UTC(2026, 10, number))
const open = { from: null, to: null }

describe('windowsOf()', () => {
  it.each([
    ['without deployments all that was asked for', { from: day(1), to: day(9) }, [], [{ from: day(1), to: day(9) }]],
    ['a deployment within an open question', open, [{ from: day(2), to: day(4) }], [{ from: day(2), to: day(4) }]],
    [
      'what both have in common',
      { from: day(3), to: day(9) },
      [
        { from: day(1), to: day(2) },
        { from: day(2), to: day(4) },
        { from: day(8), to: null },
      ],
      [
        { from: day(3), to: day(4) },
        { from: day(8), to: day(9) },
      ],
    ],
    ['nothing where they do not meet', { from: day(5), to: null }, [{ from: day(1), to: day(4) }], []],
  ])('is %s', (_, asked, deployments, windows) => {
    expect(windowsOf(asked, deployments)).toEqual(windows)
  })
})
