/**
 * The text packets of Scout buoys and handsets, to and from typed values. Pure: no input or output, no clock.
 *
 * @module
 */
export { decode } from './decode.ts'
export { decodeRockstarText } from './rockstar-text.ts'
export { COMMAND_LIMITS, encodeCommand, encodeCommands } from './encode-command.ts'
export { encodePosition, encodeRockstarPosition } from './encode-position.ts'
export { checkDeviceText, findForbiddenWord, MT_MAX_BYTES } from './device-text.ts'
export { DECODE_FAILURE_CODES, FIELD_PROBLEM_CODES } from './report.ts'
export { ENCODE_PROBLEM_CODES } from './encode-result.ts'
export type {
  CommandRequest,
  DecodeContext,
  DecodeResult,
  DeviceCommand,
  EmptySession,
  FieldProblem,
  PositionReport,
  Report,
  ReportReason,
} from './report.ts'
export type { EncodeCommandsResult, Generation, ValueRange } from './encode-command.ts'
export type { HandsetPosition, RockstarPosition } from './encode-position.ts'
export type { EncodeProblem, EncodeResult } from './encode-result.ts'
