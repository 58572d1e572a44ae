import type { Route, RouteContract } from './route.ts'

type ContractOf<R> = R extends { readonly contract?: infer C } ? Extract<C, RouteContract> : never

/** What a client needs to know about these routes, by method and path: `'GET /v1/devices/:iam'`. */
export type ContractsOf<Routes extends readonly Route<never>[]> = {
  readonly [C in ContractOf<Routes[number]> as `${C['method']} ${C['path']}`]: C
}
