/** Where a job is, as the devices' updater numbers it. Its `check` understands 0, 2 and 10; its `status` 0 and 2 only. */
export const WIRE_STATUS = {
  INIT: 0,
  PENDING: 1,
  READY: 2,
  DEVICE_START: 3,
  DEVICE_FAIL: 4,
  DEVICE_SUCCESS: 5,
  CLEANUP: 6,
  SUCCESS: 7,
  FAIL: 8,
  NOT_AVAILABLE: 9,
  NONE: 10,
  SERVER_ERROR: 11,
} as const
