import { z } from 'zod'
import { PROBLEM_STATUSES, type ProblemCode } from '../http/problem-codes.ts'
import type { Access } from './access.ts'
import { problemsOf } from './problems-of.ts'
import type { Route } from './route.ts'

/**
 * Version of the API, not of the release, which anonymous callers need not know; `/readyz` tells authenticated ones.
 */
const API_VERSION = '1'

/** The OpenAPI 3.1 document of these routes, derived from the same schemas that validate requests. */
export function describeRoutes(routes: readonly Route<never>[]) {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    const operations = (paths[path] ??= {})
    operations[route.method.toLowerCase()] = describeOperation(route, path)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Paikea', version: API_VERSION, description: 'Buoys, handsets, their reports and messages.' },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'paikea_session' },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'detail', 'errors'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable, for machines.' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    requestId: { type: 'string', description: 'Names the request in the log; also in the header X-Request-Id.' },
  },
}

const ACCESS_WORDS: Record<Access, string> = {
  anyone: 'Public.',
  'logged-in': 'Any session or token.',
  viewer: 'Needs the role `viewer` or above.',
  technician: 'Needs the role `technician` or above.',
  operator: 'Needs the role `operator` or above.',
  admin: 'Needs the role `admin`.',
  'system-admin': 'System administrators only.',
  scraper: 'The machine itself, the metrics token and system administrators.',
}

function describeOperation(route: Route<never>, path: string): object {
  const { summary, access, params, query, body } = route
  const parameters = [...describeParameters(params, 'path'), ...describeParameters(query, 'query')]
  return {
    summary,
    description: ACCESS_WORDS[access],
    tags: [tagOf(path)],
    ...(access === 'anyone' ? {} : { security: [{ token: [] }, { session: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(body, 'input') } } } }),
    responses: describeResponses(route),
  }
}

function tagOf(path: string): string {
  const [, first = '', second] = path.split('/')
  return first === 'v1' ? (second ?? 'service') : 'service'
}

function describeResponses(route: Route<never>): Record<string, object> {
  const { summary, answer, answerTypes, statuses } = route
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of problemsOf(route)) {
    for (const problemStatus of statusesOf(route, code)) {
      byStatus.set(problemStatus, [...(byStatus.get(problemStatus) ?? []), code])
    }
  }
  const problems = [...byStatus].map(([problemStatus, codes]) => [
    String(problemStatus),
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ])
  const schema = answer === undefined ? null : toJsonSchema(answer, 'output')
  const content = Object.fromEntries(answerTypes.map((type) => [type, { schema }]))
  const success = { description: summary, ...(schema === null ? {} : { content }) }
  const successes = statuses.map((status) => [String(status), success])
  return { ...Object.fromEntries(successes), ...Object.fromEntries(problems) }
}

/** Validation errors are 400 in the URL, and 422 in a body or by a route's own rules. */
function statusesOf(route: Route<never>, code: ProblemCode): number[] {
  if (code !== 'validation-failed') return [PROBLEM_STATUSES[code]]
  return [
    ...(route.params === undefined && route.query === undefined ? [] : [400]),
    ...(route.body === undefined && !route.problems.includes(code) ? [] : [422]),
  ]
}

function describeParameters(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (schema === undefined) return []
  const { properties, required } = toJsonSchema(schema, 'input')
  if (typeof properties !== 'object' || properties === null) return []
  const isRequired = (name: string) => place === 'path' || (Array.isArray(required) && required.includes(name))
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: isRequired(name),
    schema: inner as object,
  }))
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
