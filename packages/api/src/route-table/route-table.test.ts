import { z } from 'zod'
import { ALL_ROUTES } from '../resources/all-routes.ts'
import { ApiError } from '../http/api-error.ts'
import { parseOrThrow } from '../http/validate.ts'
import { problemsOf } from './problems-of.ts'
import type { Route } from './route.ts'

const routes: readonly (readonly [string, Route<never>])[] = ALL_ROUTES.map((route) => [
  `${route.method} ${route.path}`,
  route,
])

function fieldsOf(schema: z.ZodType | undefined): readonly (readonly [string, z.ZodType])[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) => (option instanceof z.ZodType ? fieldsOf(option) : []))
  }
  if (schema === undefined) return []
  if (!(schema instanceof z.ZodObject)) throw new Error('a schema of a kind that this test does not look into')
  // Its fields are schemas, too: the type of a shape that is not known says less.
  return Object.entries(schema.shape as Record<string, z.ZodType>)
}

describe('the route table', () => {
  it('lists every method and path once', () => {
    const names = routes.map(([name]) => name)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it.each(routes)('%s takes exactly the parameters of its path', (_name, route) => {
    const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name)
    const inSchema = route.params instanceof z.ZodObject ? Object.keys(route.params.shape) : []
    expect(inSchema).toEqual(inPath)
  })

  it.each(routes)('%s has a summary, an answer or 204, and a rate limit that fits its method', (_name, route) => {
    expect(route.summary).not.toBe('')
    expect(route.answer === undefined).toBe(route.statuses.includes(204))
    expect(route.method === 'GET' ? ['reads', 'none'] : ['writes', 'log-ins']).toContain(route.limit)
  })

  it.each(routes)('%s rejects text containing NUL', (_name, route) => {
    const taken: unknown[] = []
    for (const [field, schema] of [route.params, route.query, route.body].flatMap(fieldsOf)) {
      const one = z.object({ [field]: schema })
      for (const value of ['\0', 'a\0b', ['a\0'], { a: '\0' }, { 'a\0': 'b' }, [{ a: ['\0'] }]]) {
        try {
          taken.push([field, parseOrThrow(one, { [field]: value }, 400)])
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
        }
      }
    }
    expect(taken).toEqual([])
  })

  it.each(routes)('%s refuses unknown fields, and names invalid-cursor exactly when it pages', (_name, route) => {
    // Of several forms each has to; which one is meant cannot be told without the field that says so.
    const forms = [route.query, route.body].flatMap((schema): readonly unknown[] =>
      schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema],
    )
    for (const schema of forms) {
      if (!(schema instanceof z.ZodType)) continue
      expect(schema.safeParse({ 'no such field': 1 }).error?.issues.map(({ code }) => code)).toContain(
        'unrecognized_keys',
      )
    }
    expect(problemsOf(route).includes('invalid-cursor')).toBe(
      route.query instanceof z.ZodObject && 'cursor' in route.query.shape,
    )
  })
})
