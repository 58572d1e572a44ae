import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { z } from 'zod'

import { MOST_DEMO_BUOYS } from './devices/demo-fleet.ts'
import type { SimulatorOptions } from './simulator.ts'

/** An invalid flag, as one line for the user. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}

/** The help text. */
export const USAGE = `Simulated RockBLOCK service and devices.

  --port N                    where it listens (8099)
  --host ADDR                 (127.0.0.1)
  --data DIR                  folder for what lasts; without it nothing lasts
  --webhook-url URL           where webhooks go (http://127.0.0.1:8080)
  --webhook-secret-file FILE  file with the secret at the end of the webhooks' path
  --link-url URL              where devices in the harbour open their live link (ws://127.0.0.1:7777)
  --demo-fleet N              buoys that send by themselves (0)
  --demo-rockstar             a RockSTAR that drifts and reports, delivered to /rockstar/incoming
  --demo-cloudloop KIND       one more buoy, delivered by Cloudloop to /cloudloop/incoming: sbd (9603 modem) or imt (9704)
  --speed X                   simulated seconds per second (1)
  --sign-webhooks             part of the demo fleet signs with the simulator's own key
  --username, --password      log-in of the sending services (user, password)
  --token                     Cloudloop's (token)`

const flagsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(8099),
  host: z.string().min(1).default('127.0.0.1'),
  data: z.string().min(1).optional(),
  'webhook-url': z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8080'),
  'webhook-secret-file': z.string().optional(),
  'link-url': z.url({ protocol: /^ws$/ }).default('ws://127.0.0.1:7777'),
  'demo-fleet': z.coerce.number().int().min(0).max(MOST_DEMO_BUOYS).default(0),
  'demo-rockstar': z.boolean().default(false),
  'demo-cloudloop': z.enum(['sbd', 'imt']).optional(),
  speed: z.coerce.number().positive().max(10_000).default(1),
  'sign-webhooks': z.boolean().default(false),
  username: z.string().optional(),
  password: z.string().optional(),
  token: z.string().optional(),
  help: z.boolean().default(false),
})

/**
 * Parses the command line.
 *
 * @returns `'help'` if requested
 * @throws FlagError naming the flag; never with the value of a secret
 */
export function readFlags(args: readonly string[]): SimulatorOptions | 'help' {
  let values: unknown
  try {
    values = parseArgs({
      args: [...args],
      strict: true,
      options: {
        ...Object.fromEntries(Object.keys(flagsSchema.shape).map((name) => [name, { type: 'string' }] as const)),
        'demo-rockstar': { type: 'boolean' },
        'sign-webhooks': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    // parseArgs names the flag in the first line of its error, never a value.
    throw new FlagError(
      String(cause)
        .replace(/^TypeError[^:]*: /, '')
        .split('\n')[0],
      { cause },
    )
  }
  const parsed = flagsSchema.safeParse(values)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`)
    throw new FlagError(wrong.join('; '))
  }
  const flags = parsed.data
  if (flags.help) return 'help'
  const { username, password, token } = flags
  return {
    port: flags.port,
    host: flags.host,
    dataFolder: flags.data ?? null,
    webhookUrl: flags['webhook-url'],
    webhookSecret: readSecret(flags['webhook-secret-file']),
    linkUrl: flags['link-url'],
    demoFleet: flags['demo-fleet'],
    demoRockStar: flags['demo-rockstar'],
    demoCloudloop: flags['demo-cloudloop'] ?? null,
    speed: flags.speed,
    signWebhooks: flags['sign-webhooks'],
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  }
}

function readSecret(file: string | undefined): string | null {
  if (file === undefined) return null
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new FlagError(`--webhook-secret-file: ${file} cannot be read`, { cause })
  }
}
