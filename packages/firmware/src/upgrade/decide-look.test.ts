import { decideLook, type JobFacts } from './decide-look.ts'

const now = new Date('2026-11-29T12:00:00Z')
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000)
const ahead = new Date('2026-12-29T12:00:00Z')
const prepared: JobFacts = {
  state: 'prepared',
  filesDone: 0,
  filesTotal: 60,
  heardAt: null,
  installedAt: null,
  expiresAt: ahead,
  restarts: 0,
  restartedAt: null,
  seenAt: null,
  link: null,
}
const loading: JobFacts = { ...prepared, state: 'downloading', filesDone: 10, heardAt: ago(10) }
const installed: JobFacts = { ...prepared, state: 'installed', filesDone: 60, heardAt: ago(60), installedAt: ago(60) }
const link = (seconds: number, isControlled = false) => ({ since: ago(seconds), isControlled })

describe('decideLook()', () => {
  it.each<[string, JobFacts, object]>([
    ['leaves alone a job that no device has asked for yet', prepared, { state: null, restart: false, isDone: false }],
    [
      'times out a job that no device asked for in time',
      { ...prepared, expiresAt: ago(1) },
      { state: 'timed-out', reason: { code: 'never-asked' } },
    ],
    [
      'times out a job that was begun and abandoned',
      { ...loading, heardAt: ago(4000), expiresAt: ago(1) },
      { state: 'timed-out', reason: { code: 'given-up' } },
    ],
    [
      'does not time out a job that is downloading as it expires',
      { ...loading, expiresAt: ago(1) },
      { state: null, isDone: false },
    ],
    ['clears the reason while files are requested', loading, { reason: null }],
    [
      'reports a device that falls silent without a link',
      { ...loading, heardAt: ago(200) },
      { state: null, reason: { code: 'silent' } },
    ],
    [
      'asks to keep the power on when the device has every file',
      { ...loading, filesDone: 60 },
      { reason: { code: 'keep-power-on' } },
    ],
    [
      'warns when the device has every file and falls silent',
      { ...loading, filesDone: 60, heardAt: ago(130) },
      { reason: { code: 'silent-while-installing' } },
    ],
    [
      'waits until a new link has settled',
      { ...loading, heardAt: ago(60), link: link(10) },
      { restart: false, nextLookMs: 20_000, reason: { code: 'cut' } },
    ],
    [
      'restarts the device into its updater after a cut',
      { ...loading, heardAt: ago(60), link: link(31) },
      { restart: true, reason: { code: 'cut' } },
    ],
    ['restarts a device in service mode into its updater', { ...prepared, link: link(31) }, { restart: true }],
    [
      'does not restart a device while a page holds its controls',
      { ...loading, heardAt: ago(60), link: link(31, true) },
      { restart: false, reason: { code: 'page-holds-controls' } },
    ],
    [
      'does not mistake the old link of a device in its updater for a new one',
      { ...loading, heardAt: ago(5), link: link(31) },
      { restart: false },
    ],
    [
      'gives the device time to come up after a restart',
      { ...prepared, link: link(100), restarts: 1, restartedAt: ago(20) },
      { restart: false, nextLookMs: 70_000 },
    ],
    [
      'restarts again when the link is back without a check',
      { ...prepared, link: link(40), restarts: 1, restartedAt: ago(60) },
      { restart: true },
    ],
    [
      'gives up after five restarts',
      { ...loading, heardAt: ago(90), link: link(60), restarts: 5, restartedAt: ago(300) },
      { state: 'failed', reason: { code: 'too-many-restarts' } },
    ],
    ['waits for an installed device to be seen', installed, { state: null, isDone: false }],
    [
      'succeeds when an installed device reports',
      { ...installed, seenAt: ago(5) },
      { state: 'succeeded', reason: null, isDone: true },
    ],
    ['succeeds when the link is back', { ...installed, link: link(5) }, { state: 'succeeded' }],
    ['ignores a report and a link from before', { ...installed, seenAt: ago(90), link: link(90) }, { state: null }],
    [
      'reports an installed device that was not seen for a day',
      { ...installed, installedAt: ago(90_000) },
      { state: null, reason: { code: 'not-seen-since' }, isDone: false },
    ],
    ['stops looking after two weeks', { ...installed, installedAt: ago(1_300_000) }, { state: null, isDone: true }],
    ['is done with a cancelled job', { ...prepared, state: 'cancelled' }, { state: null, isDone: true }],
  ])('%s', (_name, facts, expected) => {
    expect(decideLook(facts, now)).toMatchObject(expected)
  })
})
