import { subjectOf } from './subject.ts'

const report = {
  hasFix: true,
  latitude: -16.5,
  longitude: -151.75,
  fixAt: null,
  at: new Date('2026-11-24T00:00:00.000Z'),
  sogKnots: null,
  cogDegrees: null,
  status: null,
}

describe('subjectOf()', () => {
  it('is the report’s position, with the report’s own time if the fix has none', () => {
    expect(subjectOf(report, null)).toMatchObject({ kind: 'position', latitudeDegrees: -16.5, fixAt: report.at })
  })

  it.each([
    [{ command: 'beacon', on: false }],
    [{ command: 'interval', minutes: 20 }],
    [{ command: 'sleep', seconds: 3_600 }],
  ])('is the command %p', (command) => {
    expect(subjectOf(null, { kind: 'command', packetType: 'PK005', command })).toEqual({ kind: 'command', command })
  })

  it('is the command if a tracker sends its position along with it', () => {
    const command = { command: 'interval', minutes: 20 }
    expect(subjectOf(report, { kind: 'command', packetType: 'PK006', command })).toEqual({ kind: 'command', command })
  })

  it.each([
    ['no fix', { ...report, hasFix: false }, { kind: 'position' }],
    ['an empty session', null, { kind: 'empty' }],
    ['a command without its value', null, { kind: 'command', command: { command: 'beacon' } }],
    ['nothing decoded', null, null],
    ['text', null, 'PK005;1'],
  ])('is null for %s', (_title, source, decoded) => {
    expect(subjectOf(source, decoded)).toBeNull()
  })
})
