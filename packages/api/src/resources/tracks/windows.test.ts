import { windowsOf } from './windows.ts'

const day = (number: number): Date => new Date(Date.UTC(2026, 10, number))
const open = { from: null, to: null }

describe('windowsOf()', () => {
  it.each([
    ['the whole period without deployments', { from: day(1), to: day(9) }, [], [{ from: day(1), to: day(9) }]],
    ['the deployment for an open period', open, [{ from: day(2), to: day(4) }], [{ from: day(2), to: day(4) }]],
    [
      'the overlap of both',
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
    ['nothing where they do not overlap', { from: day(5), to: null }, [{ from: day(1), to: day(4) }], []],
  ])('returns %s', (_, asked, deployments, windows) => {
    expect(windowsOf(asked, deployments)).toEqual(windows)
  })
})
