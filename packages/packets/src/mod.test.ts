import { assert, it } from '../test/harness.ts'
import * as packets from './mod.ts'

it('the package exports exactly these names', () => {
  assert.deepEqual(Object.keys(packets).sort(), [
    'COMMAND_LIMITS',
    'DECODE_FAILURE_CODES',
    'ENCODE_PROBLEM_CODES',
    'FIELD_PROBLEM_CODES',
    'MT_MAX_BYTES',
    'checkDeviceText',
    'decode',
    'decodeRockstarText',
    'encodeCommand',
    'encodeCommands',
    'encodePosition',
    'encodeRockstarPosition',
    'findForbiddenWord',
  ])
})
