import { z } from 'zod'
import { CreateDeviceSchema, ListDevicesQuery } from '../resources/devices/schema.ts'
import { CreateDeploymentSchema } from '../resources/deployments/schema.ts'
import { SendMessageSchema } from '../resources/outbound/schema.ts'
import { CreateRouteSchema, RouteParams } from '../resources/routes/schema.ts'
import { LogInSchema } from '../resources/session/schema.ts'
import { CreateTokenSchema } from '../resources/tokens/schema.ts'
import { ApiError } from './api-error.ts'
import { LabelSchema } from './fields.ts'
import { parseOrThrow } from './validate.ts'

function refusalOf(schema: z.ZodType, value: unknown): ApiError {
  try {
    parseOrThrow(schema, value, 422)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const modem = { imei: '300434060000001' }
const KINDS = '"buoy", "handset" or "rockstar"'

describe('parseOrThrow()', () => {
  it.each<[z.ZodType, unknown, string, string, string]>([
    [LogInSchema, { email: 'a@b.example' }, 'password', 'required', 'is missing'],
    [LogInSchema, { email: 'a', password: 7 }, 'password', 'invalid-type', 'must be text, not a number'],
    [LogInSchema, { email: 'a', password: null }, 'password', 'invalid-type', 'must be text, not null'],
    [LogInSchema, { email: 'a', password: ['x'] }, 'password', 'invalid-type', 'must be text, not a list'],
    [LogInSchema, { email: '', password: 'x' }, 'email', 'too-small', 'must not be empty'],
    [LogInSchema, { email: 'a'.repeat(255), password: 'x' }, 'email', 'too-big', 'must have at most 254 characters'],
    [
      LogInSchema,
      { email: 'a', password: 'x', remember: 1 },
      'remember',
      'unknown-field',
      'is not a field of this request',
    ],
    [LogInSchema, [], '', 'invalid-type', 'The body must be an object, not a list'],
    [LogInSchema, null, '', 'invalid-type', 'The body must be an object, not null'],
    [CreateDeviceSchema, {}, 'kind', 'required', `is missing: ${KINDS}`],
    [CreateDeviceSchema, { kind: 'boat' }, 'kind', 'unknown-value', `must be ${KINDS}`],
    [CreateDeviceSchema, { kind: 'buoy', imei: '12' }, 'imei', 'invalid-format', 'must be 15 digits'],
    [CreateDeviceSchema, { kind: 'buoy', groupId: 0 }, 'groupId', 'too-small', 'must be more than 0'],
    [
      CreateDeviceSchema,
      { kind: 'buoy', groupId: 1.5 },
      'groupId',
      'invalid-type',
      'must be a whole number, not one with a fraction',
    ],
    [CreateDeviceSchema, { kind: 'buoy', groupId: '1' }, 'groupId', 'invalid-type', 'must be a number, not text'],
    [
      CreateTokenSchema,
      { name: 'x', isSystemAdmin: 1 },
      'isSystemAdmin',
      'invalid-type',
      'must be true or false, not a number',
    ],
    [
      CreateTokenSchema,
      { name: 'x', expiresAt: 'soon' },
      'expiresAt',
      'invalid-format',
      'must be an ISO 8601 time such as 2026-11-24T16:00:00Z',
    ],
    [CreateRouteSchema, { target: { kind: 'modem', ...modem } }, 'source', 'required', 'is missing'],
    [
      CreateRouteSchema,
      { source: { kind: 'any' }, target: { kind: 'modem' } },
      'target.imei',
      'required',
      'is missing',
    ],
    [
      CreateRouteSchema,
      { source: { kind: 'any' }, target: modem },
      'target.kind',
      'required',
      'is missing: "endpoint", "modem" or "rockstar"',
    ],
    [
      CreateRouteSchema,
      { source: { kind: 'any' }, target: { kind: 'sqs' } },
      'target.kind',
      'unknown-value',
      'must be "endpoint", "modem" or "rockstar"',
    ],
    [
      CreateRouteSchema,
      { source: { kind: 'any', port: 1 }, target: { kind: 'modem', ...modem } },
      'source.port',
      'unknown-field',
      'is not a field of this request',
    ],
    [SendMessageSchema, modem, 'text', 'text-or-hex', 'give either text or hex'],
    [RouteParams, { id: 'first' }, 'id', 'invalid-type', 'must be a number'],
    [RouteParams, { id: '-1' }, 'id', 'too-small', 'must be more than 0'],
    [RouteParams, { id: '99999999999999999999' }, 'id', 'too-big', 'must be at most 9007199254740991'],
    [ListDevicesQuery, { limit: '501' }, 'limit', 'too-big', 'must be at most 500'],
    [ListDevicesQuery, { limit: '0' }, 'limit', 'too-small', 'must be 1 or more'],
    ...['0x10', '1e2', '', ' 5', '+5', 'Infinity', ['5', '6']].map(
      (limit) =>
        [ListDevicesQuery, { limit }, 'limit', 'invalid-type', 'must be a number'] as [
          ...[z.ZodType, unknown, string, string, string],
        ],
    ),
    [RouteParams, { id: '0x10' }, 'id', 'invalid-type', 'must be a number'],
    [RouteParams, { id: '1.5' }, 'id', 'invalid-type', 'must be a whole number, not one with a fraction'],
    [
      z.object({ at: z.iso.datetime() }),
      { at: 'x' },
      'at',
      'invalid-format',
      'must be an ISO 8601 time such as 2026-11-24T16:00:00Z',
    ],
    [z.object({ code: z.string().regex(/^a$/) }), { code: 'x' }, 'code', 'invalid-format', 'must be in another format'],
    [z.object({ list: z.array(z.string()).min(2) }), { list: [] }, 'list', 'too-small', 'must have at least 2 items'],
    [z.object({ step: z.number().multipleOf(5) }), { step: 7 }, 'step', 'not-multiple-of', 'must be a multiple of 5'],
    [z.object({ a: z.array(z.unknown()) }), { a: [{ b: 'x\0' }] }, 'a.0.b', 'invalid-format', 'must not contain NUL'],
    [z.record(z.string(), z.unknown()), { 'a\0': 1 }, '', 'invalid-format', 'must not contain NUL'],
    [
      CreateDeploymentSchema,
      { from: '0000-01-01' },
      'from',
      'invalid',
      'must be a time between the years 1000 and 9999',
    ],
  ])('reports the field, code and message of case %#', (schema, value, field, code, message) => {
    expect(refusalOf(schema, value).errors).toEqual([{ field, code, message }])
  })

  it('lists every faulty field in one message', () => {
    const error = refusalOf(CreateDeviceSchema, { kind: 'boat', imei: 7, colour: 'red' })
    expect(error).toMatchObject({ status: 422, code: 'validation-failed' })
    expect(error.message).toBe(
      `kind: must be ${KINDS}; imei: must be text, not a number; colour: is not a field of this request`,
    )
  })

  it('never repeats submitted values', () => {
    const error = refusalOf(LogInSchema, { email: 5, password: ['hunter2'], hunter3: 'hunter4' })
    expect(JSON.stringify(error.errors)).not.toMatch(/hunter[24]/)
  })
})

describe('LabelSchema', () => {
  it.each(['a\0b', 'a\nb', 'a\u2028b', 'a\u0085b', 'a\u202eb', 'a\u2066b', 'a\u200fb', 'a\ud800b', 'a\u200bb'])(
    'refuses text that is not one visible line: %j',
    (label) => {
      expect(LabelSchema.safeParse(label).success).toBe(false)
    },
  )

  it.each(['Pʻō 1', 'بوية ٣', '浮标', 'e\u0301', '👩‍🚒'])('accepts %s and trims it', (label) => {
    expect(LabelSchema.parse(` ${label} `)).toBe(label)
  })
})
