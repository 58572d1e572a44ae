import { reachableHost } from '@paikea/server/config'
import { demoFleet } from '@paikea/simulator'
import { isDeno } from '../services/runtime.ts'
import { logIn, withoutDatabase } from './database-words.ts'
import type { Installation } from './installation.ts'
import type { ServerReady } from './set-up-talk.ts'

/** A position off the Californian coast, as a second-generation buoy sends it; `%s` is the time of day. */
const SAMPLE_PACKET = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:%s.000,sog:0.5,cog:12,sta:00,batt:4.7'
/** An unclaimed modem, for when there is no demo fleet. */
const STRANGER_IMEI = '300434060999999'

/** The text printed once everything is up: where to look, how to log in, what to try. */
export function describeInstallation(
  installation: Installation,
  ready: ServerReady,
  options: { readonly seconds: number },
): string {
  const { flags, config } = installation
  const here = reachableHost(flags.host)
  const page = `http://${here}:${flags.port}`
  const imei = demoFleet(flags.hasSimulator ? flags.demoFleet : 0)[0]?.imei ?? STRANGER_IMEI
  const ui = `http://${reachableHost(flags.temporalHost)}:${flags.temporalUiPort}/namespaces/default/workflows`
  const command = isDeno() ? 'deno task start' : 'npm start'
  const lines = [
    `Paikea is up (${options.seconds.toFixed(1)} s). Ctrl-C stops everything; ${command} continues with the same data.`,
    '',
    `  Page            ${page}/`,
    `  Temporal        ${ui}?query=${encodeURIComponent(`Imei="${imei}" OR SourceImei="${imei}"`)}`,
    `  Device link     ws://${here}:${flags.devicePort}/{iam}`,
    ...(flags.hasSimulator
      ? [`  Simulator       http://${reachableHost(flags.simulatorHost)}:${flags.simulatorPort}/sim`]
      : []),
    `  Data and logs   ${flags.dataFolder}`,
    '',
    ...databaseAway(ready),
    ...logIn(flags, ready),
    'Delivery URLs for the vendor’s portal:',
    `  RockBLOCK       ${webhook(installation, 'rockblock')}`,
    `  RockSTAR        ${webhook(installation, 'rockstar')}`,
    `  Cloudloop       ${webhook(installation, 'cloudloop')}`,
    ...(config.http.publicUrl === null ? ['  (the vendor needs a URL that it can reach: set PAIKEA_PUBLIC_URL)'] : []),
    '',
    'To try it, send a message as the vendor would:',
    `  ${curlLine(installation, imei)}`,
    '',
  ]
  return `${lines.join('\n')}\n`
}

function webhook(installation: Installation, vendorPath: string): string {
  const { flags, config, webhookSecret } = installation
  const base = config.http.publicUrl ?? `http://${reachableHost(flags.host)}:${flags.port}`
  return `${base}/${vendorPath}/incoming/${webhookSecret}`
}

function databaseAway({ databaseAway: reason }: ServerReady): string[] {
  return reason === null ? [] : [withoutDatabase(reason), '']
}

/** Uses the time at which it is run: a position older than the buoy's last one is not forwarded. */
function curlLine({ flags, webhookSecret }: Installation, imei: string): string {
  const url = `http://${reachableHost(flags.host)}:${flags.port}/rockblock/incoming/${webhookSecret}`
  const hex = `printf '${SAMPLE_PACKET}' "$(date -u +%H%M%S)" | od -An -v -tx1 | tr -d ' \\n'`
  return [
    `curl -s ${url} -d imei=${imei} -d momsn=$(date +1%M%S)`,
    `--data-urlencode "transmit_time=$(date -u '+%y-%m-%d %H:%M:%S')"`,
    `-d iridium_latitude=37.83 -d iridium_longitude=-122.28 -d iridium_cep=3 -d data=$(${hex})`,
  ].join(' ')
}
