import { type Config, reachableHost } from '@paikea/server/config'
import type { StartFlags } from './flags.ts'
import { foreignTemporalVariables, isSimulated } from './server-settings.ts'

/** One line for each group of variables that are set but that this start ignores, with the reason. */
export function describeUnused(flags: StartFlags, config: Pick<Config, 'vendor' | 'variables'>): string[] {
  const temporal = foreignTemporalVariables(config.variables).filter((name) => !agrees(name, flags, config))
  const vendor = (['rockblock', 'rockcore', 'cloudloop'] as const)
    .filter((service) => isSimulated(flags, config.vendor[service]))
    .flatMap((service) => logInVariables[service])
    .filter((name) => config.variables[name] !== undefined)
  return [
    ...say(
      temporal,
      `npm start runs its own Temporal server at ${ownTemporal(flags)}; to use another one, run npm run paikea -- serve`,
    ),
    ...say(vendor, 'messages go to the simulated vendor; use --no-simulator for the real one'),
  ]
}

const logInVariables = {
  rockblock: ['ROCKBLOCK_USER', 'ROCKBLOCK_PASS'],
  rockcore: ['ROCKCORE_USER', 'ROCKCORE_PASS'],
  cloudloop: ['CLOUDLOOP_TOKEN'],
}

function say(names: readonly string[], because: string): string[] {
  return names.length === 0 ? [] : [`not used: ${names.join(', ')} (${because})`]
}

/** Whether its value matches what applies anyway. */
function agrees(name: string, flags: StartFlags, { variables }: Pick<Config, 'variables'>): boolean {
  if (name === 'TEMPORAL_NAMESPACE') return variables[name] === 'default'
  return name === 'TEMPORAL_ADDRESS' && variables[name]?.replace(/^localhost:/, '127.0.0.1:') === ownTemporal(flags)
}

function ownTemporal(flags: StartFlags): string {
  return `${reachableHost(flags.temporalHost)}:${flags.temporalPort}`
}
