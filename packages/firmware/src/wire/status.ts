/** A job's status in the devices' numbering. Their `check` understands 0, 2 and 10; their `status` only 0 and 2. */
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
