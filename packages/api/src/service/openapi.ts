import { z } from 'zod'
import { documentOf, type EndpointDocument } from '../http/handle.ts'
import type { ApiRouter } from '../http/context.ts'

/** `GET /v1/openapi.json`: the document is made from the very schemas that requests are checked by. */
export function openapiRoutes(router: ApiRouter, version: string): void {
  let document: object | null = null
  router.get('/v1/openapi.json', async (ctx) => {
    // Made on first demand, when every route is there.
    document ??= describeApi(router, version)
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = document
  })
}

/** Describes every route that was built by `handle`. */
export function describeApi(router: ApiRouter, version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const layer of router.stack) {
    const document = documentOf(layer.stack.at(-1))
    if (document === undefined || typeof layer.path !== 'string') continue
    const path = layer.path.replaceAll(/:(\w+)/g, '{$1}')
    for (const method of layer.methods.filter((name) => name !== 'HEAD')) {
      const operations = (paths[path] ??= {})
      operations[method.toLowerCase()] = describeOperation(document, path)
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Paikea', version, description: 'Buoys, handsets, their reports and messages.' },
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
  },
}

function describeOperation({ shape, needsLogIn }: EndpointDocument, path: string): object {
  const { summary, params, query, body, answer, status = 200 } = shape
  const parameters = [...describeParameters(params, 'path'), ...describeParameters(query, 'query')]
  return {
    summary,
    tags: [path.split('/')[2] ?? 'service'],
    ...(needsLogIn ? { security: [{ token: [] }, { session: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(body, 'input') } } } }),
    responses: {
      [String(status)]: {
        description: summary,
        ...(answer === undefined
          ? {}
          : { content: { 'application/json': { schema: toJsonSchema(answer, 'output') } } }),
      },
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
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
