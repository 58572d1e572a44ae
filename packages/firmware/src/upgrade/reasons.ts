/** Why an upgrade stands, in plain words for people at the device and at the desk. */
export interface JobReason {
  readonly code: JobReasonCode
  readonly detail: string
  readonly whatToDo: string | null
}

/** Codes are part of the API. */
export type JobReasonCode =
  | 'flash-full'
  | 'cut'
  | 'page-holds-controls'
  | 'silent'
  | 'keep-power-on'
  | 'silent-while-installing'
  | 'too-many-restarts'
  | 'never-asked'
  | 'given-up'
  | 'not-seen-since'
  | 'installed-after-withdrawal'
  | 'rollout-paused'

const BY_HAND =
  'Switch the device off and on in reach of the harbour Wi-Fi: it comes up in service mode, opens its link and is sent on from here. Without a link: choose the app "updatepy" on its service page and press reset.'

/** The release does not fit beside what lies on the flash. */
export function flashFull(neededBytes: number, freeBytes: number): JobReason {
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`
  return {
    code: 'flash-full',
    detail: `The release takes ${kilobytes(neededBytes)} in flash blocks; the device has ${kilobytes(freeBytes)} free and uses at most nine tenths.`,
    whatToDo:
      'It was told that there is nothing to do, which deletes what an earlier run left in /new. Start its updater again; if it still does not fit, delete the folder /backup on the device.',
  }
}

/** The words for a code that needs no figures. */
export function reasonFor(code: Exclude<JobReasonCode, 'flash-full'>): JobReason {
  return { code, ...WORDS[code] }
}

const WORDS: Readonly<Record<Exclude<JobReasonCode, 'flash-full'>, Omit<JobReason, 'code'>>> = {
  cut: {
    detail: 'The run was cut: the device is back in service mode, and begins again from the first file.',
    whatToDo: 'Nothing: once its link has stood for half a minute it is sent into its updater again.',
  },
  'page-holds-controls': {
    detail: 'The device is in service mode, and somebody holds its controls on a page.',
    whatToDo: 'Release the controls, or send switch_app "updatepy" and reset from that page.',
  },
  silent: {
    detail: 'The device stopped asking for files, and has no link.',
    whatToDo: BY_HAND,
  },
  'keep-power-on': {
    detail: 'The device has every file and puts them in place.',
    whatToDo: 'Keep the power on: a cut in these seconds leaves a device that needs a cable.',
  },
  'silent-while-installing': {
    detail: 'The device had every file, and has not said that it is done.',
    whatToDo:
      'Wait two minutes, then switch it off and on. If it does not come back to the Wi-Fi it was cut while putting the files in place and needs the firmware by cable.',
  },
  'too-many-restarts': {
    detail: 'The device was sent into its updater several times, and each run broke off.',
    whatToDo: 'Look at its power and Wi-Fi, and at the free space on its flash; then start a new upgrade.',
  },
  'never-asked': {
    detail: 'The device did not ask for the upgrade before it expired.',
    whatToDo: 'Start a new upgrade when the device is in the harbour.',
  },
  'given-up': {
    detail: 'The device began and was not heard of again before the upgrade expired.',
    whatToDo: BY_HAND,
  },
  'not-seen-since': {
    detail: 'The device said that the release is installed, and has neither opened its link nor reported since.',
    whatToDo: 'Switch it on where it sees the sky or the harbour Wi-Fi. If it stays silent it needs a cable.',
  },
  'installed-after-withdrawal': {
    detail: 'The upgrade was withdrawn while the device had all files already; it has installed the release.',
    whatToDo: 'To go back, start an upgrade to the release before, allowing the downgrade.',
  },
  'rollout-paused': {
    detail: 'The roll-out is paused; the device is told that there is nothing to do.',
    whatToDo: 'Resume the roll-out.',
  },
}
