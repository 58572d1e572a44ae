import { modem } from './modem/modem.ts'
import { rockstar } from './rockstar/rockstar.ts'
import { sqs } from './sqs/sqs.ts'
import type { Target } from './target.ts'
import { webhook } from './webhook/webhook.ts'

/** Every target kind. To add one, add a folder beside these and a line here. */
const ALL: readonly Target[] = [modem, rockstar, sqs, webhook]

const BY_KIND: ReadonlyMap<string, Target> = new Map(ALL.map((target) => [target.kind, target]))

/** The kind with this name; `null` if this version does not know it. */
export function findTarget(kind: string): Target | null {
  return BY_KIND.get(kind) ?? null
}

/** All kinds, in the order of the registry. */
export function allTargets(): readonly Target[] {
  return ALL
}
