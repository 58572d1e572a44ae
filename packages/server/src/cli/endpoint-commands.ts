import { type Database, type EndpointRow, findEndpoint, listEndpoints } from '@paikea/database'
import { sendContext } from '@paikea/delivery'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  pauseEndpoint,
  previewEndpoint,
  resumeEndpoint,
  rotateSecret,
  testEndpoint,
} from '@paikea/operations'
import { createSendSettings } from '../process/send-settings.ts'
import { readStdin } from './read-stdin.ts'
import { groupIdOf, printAll, readId, withOperations } from './routing-context.ts'
import { ADDRESS_FLAGS, type EndpointFlags } from './routing-program.ts'

const ALL = { all: true } as const
const PER_PAGE = 500

/** `endpoints list` */
export async function listEndpointsCommand(env: NodeJS.ProcessEnv, _words: unknown, flags: EndpointFlags) {
  await withOperations(env, async ({ db }) => {
    for (let afterId: number | null = null; ;) {
      const page: readonly EndpointRow[] = await listEndpoints(db, { scope: ALL, limit: PER_PAGE, afterId })
      print(flags, page)
      afterId = page.at(-1)?.id ?? null
      if (afterId === null || page.length < PER_PAGE) return
    }
  })
}

/** `endpoints add`: prints a generated secret after the endpoint, only once. */
export async function addEndpointCommand(env: NodeJS.ProcessEnv, [kind = '']: readonly string[], flags: EndpointFlags) {
  const given = flags.secretStdin === true ? await readStdin() : undefined
  await withOperations(env, async (context, config) => {
    const { label, format } = flags
    const groupId = await groupIdOf(context.db, flags.group)
    const input = { kind, label, format, groupId, secret: given, address: readAddressFlags(flags) }
    const { id, secret } = await createEndpoint(context, input, sendContext(createSendSettings(config)))
    await show(context.db, flags, id)
    if (secret !== null && given === undefined) process.stdout.write(`${secret}\n`)
  })
}

/** `endpoints change` */
export async function changeEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  await withOperations(env, async (context, config) => {
    const { label, format } = flags
    const wish = { id: readId(id), change: { label, format, address: readAddressFlags(flags) } }
    await changeEndpoint(context, wish, sendContext(createSendSettings(config)))
    await show(context.db, flags, wish.id)
  })
}

/** `endpoints remove` */
export async function removeEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[]) {
  await withOperations(env, (context) => deleteEndpoint(context, { id: readId(id) }))
}

/** `endpoints test`: exit code 1 if the test was not delivered. */
export async function testEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  await withOperations(env, async (context, config) => {
    const outcome = await testEndpoint(context, { id: readId(id) }, createSendSettings(config))
    printAll(flags, [outcome], (one) => [one.outcome, one.reason, one.status, `${one.latencyMs} ms`, one.answer])
    if (outcome.outcome !== 'sent') process.exitCode = 1
  })
}

/** `endpoints preview`: prints only the body to standard output. */
export async function previewEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  await withOperations(env, async (context) => {
    const messageId = flags.message === undefined ? undefined : readId(flags.message, '--message')
    const preview = await previewEndpoint(context, { id: readId(id), messageId })
    if (flags.json === true) return printAll(flags, [preview], () => [])
    if (preview.body !== null) process.stdout.write(`${preview.body}\n`)
    const { format, credits, reason } = preview
    process.stderr.write(
      `format ${format ?? '-'}, ${credits} credits${reason === null ? '' : `, not sent: ${reason}`}\n`,
    )
  })
}

/** `endpoints pause` */
export async function pauseEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  await withOperations(env, async (context) => {
    await pauseEndpoint(context, { id: readId(id), reason: flags.reason })
    await show(context.db, flags, readId(id))
  })
}

/** `endpoints resume` */
export async function resumeEndpointCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  await withOperations(env, async (context) => {
    await resumeEndpoint(context, { id: readId(id) })
    await show(context.db, flags, readId(id))
  })
}

/** `endpoints rotate-secret`: prints only a generated secret to standard output. */
export async function rotateSecretCommand(env: NodeJS.ProcessEnv, [id]: readonly string[], flags: EndpointFlags) {
  const given = flags.secretStdin === true ? await readStdin() : undefined
  await withOperations(env, async (context) => {
    const wish = { id: readId(id), secret: given, endOld: flags.endOld }
    const { secret, secrets } = await rotateSecret(context, wish)
    if (secret !== null && given === undefined) process.stdout.write(`${secret}\n`)
    process.stderr.write(`${secrets} sign now\n`)
  })
}

/** The address fields that were given. */
export function readAddressFlags(flags: EndpointFlags): Record<string, string> {
  const names = Object.keys(ADDRESS_FLAGS) as (keyof typeof ADDRESS_FLAGS)[]
  return Object.fromEntries(names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])))
}

async function show(db: Database, flags: EndpointFlags, id: number): Promise<void> {
  const row = await findEndpoint(db, { scope: ALL, id })
  if (row !== null) print(flags, [row])
}

function print(flags: EndpointFlags, rows: readonly EndpointRow[]): void {
  printAll(flags, rows, (row) => [
    ...[row.id, row.kind, row.label, row.config, row.format, row.state, row.reasonDetail ?? row.reasonCode],
  ])
}
