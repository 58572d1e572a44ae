import { z } from 'zod'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

const route = routeFor<Pick<Services, 'describe'>>()

/** The OpenAPI document of this service. */
export const openapiRoutes = [
  route({
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This document',
    access: 'anyone',
    limit: 'reads',
    answer: z.looseObject({ openapi: z.string() }),
    run: async (_request, { describe }) => ({
      status: 200,
      body: { ...describe() },
      headers: { 'Cache-Control': 'no-cache' },
    }),
  }),
] as const
