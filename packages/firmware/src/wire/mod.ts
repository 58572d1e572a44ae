/** The devices' registration and upgrade protocol: parsing and serialising, without I/O. */
export { DEVICE_BEGINNINGS, parseWireAddress, type WireAddress } from './address.ts'
export {
  filesWait,
  jobStands,
  jobWithdrawn,
  jsonAnswer,
  noFile,
  nothingToDo,
  textAnswer,
  thanks,
  type WireAnswer,
} from './answer.ts'
export { blocksOf, fitsOnFlash } from './flash-space.ts'
export { foldersOf, toDevicePath, writeMetadata } from './metadata.ts'
export {
  parseRegisterRequest,
  parseUpgradeRequest,
  type UpgradeRequest,
  type WireJobId,
  type WireKind,
} from './request.ts'
export { WIRE_STATUS } from './status.ts'
