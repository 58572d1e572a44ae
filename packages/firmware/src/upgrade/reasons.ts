/** Why an upgrade is stuck, in plain words for users at the device and at the desk. */
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
  'Switch the device off and on within reach of the harbour Wi-Fi: it starts in service mode, opens its link and is then sent into its updater. Without a link, choose the app "updatepy" on its service page and press reset.'

/** The release does not fit on the flash beside what is there. */
export function flashFull(neededBytes: number, freeBytes: number): JobReason {
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`
  return {
    code: 'flash-full',
    detail: `The release takes ${kilobytes(neededBytes)} in flash blocks; the device has ${kilobytes(freeBytes)} free and uses at most nine tenths.`,
    whatToDo:
      'The device was told that there is nothing to do, which deletes the remains of an earlier run in /new. Start its updater again; if the release still does not fit, delete the folder /backup on the device.',
  }
}

/** The words for a code that needs no numbers. */
export function reasonFor(code: Exclude<JobReasonCode, 'flash-full'>): JobReason {
  return { code, ...WORDS[code] }
}

const WORDS: Readonly<Record<Exclude<JobReasonCode, 'flash-full'>, Omit<JobReason, 'code'>>> = {
  cut: {
    detail: 'The run was interrupted: the device is back in service mode and will start again with the first file.',
    whatToDo: 'Nothing: once its link has been up for half a minute, it is sent into its updater again.',
  },
  'page-holds-controls': {
    detail: 'The device is in service mode, and someone holds its controls on a page.',
    whatToDo: 'Release the controls, or send switch_app "updatepy" and reset from that page.',
  },
  silent: {
    detail: 'The device stopped asking for files, and has no link.',
    whatToDo: BY_HAND,
  },
  'keep-power-on': {
    detail: 'The device has all files and is installing them.',
    whatToDo: 'Keep the power on: after a power cut in these seconds, the device can only be recovered with a cable.',
  },
  'silent-while-installing': {
    detail: 'The device had all files, but has not reported success.',
    whatToDo:
      'Wait two minutes, then switch it off and on. If it does not come back to the Wi-Fi, it lost power while installing the files and needs the firmware by cable.',
  },
  'too-many-restarts': {
    detail: 'The device was sent into its updater several times, and every run was interrupted.',
    whatToDo: 'Check its power, its Wi-Fi and the free space on its flash; then start a new upgrade.',
  },
  'never-asked': {
    detail: 'The device did not ask for the upgrade before it expired.',
    whatToDo: 'Start a new upgrade when the device is in the harbour.',
  },
  'given-up': {
    detail: 'The device started, and was not heard from again before the upgrade expired.',
    whatToDo: BY_HAND,
  },
  'not-seen-since': {
    detail:
      'The device reported that the release is installed, and has neither opened its link nor sent a report since.',
    whatToDo: 'Switch it on where it can see the sky or the harbour Wi-Fi. If it stays silent, it needs a cable.',
  },
  'installed-after-withdrawal': {
    detail: 'The upgrade was cancelled when the device already had all files; it has installed the release.',
    whatToDo: 'To go back, start an upgrade to the previous release and allow the downgrade.',
  },
  'rollout-paused': {
    detail: 'The roll-out is paused; the device is told that there is nothing to do.',
    whatToDo: 'Resume the roll-out.',
  },
}
