/**
 * How many messages one core decodes in a second: PK001 of a v2 buoy and PK101 of a v3 buoy in turn, from bytes, each
 * message another one. Runs what is published (`dist`).
 *
 *     npm run bench -w packages/packets
 *     npm run bench -w packages/packets -- --rounds 15 --messages 600000
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { decode } from '@paikea/packets'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, messages: { type: 'string', default: '300000' } },
})
const rounds = Number(values.rounds)
const messages = Number(values.messages)
const context = { receivedAt: new Date('2026-11-24T03:05:33Z'), transmitTime: new Date('2026-11-24T03:05:31Z') }

const inputs: Record<string, Uint8Array[]> = {
  PK001: makeMessages((minute, second) => {
    const place = `lat:37${minute}.5074,NS:N,lon:122${minute}.6021,EW:W`
    return `PK001;${place},utc:0305${second}.086,sog:0.5,cog:12,sta:00,batt:4.7`
  }),
  PK101: makeMessages((minute, second) => {
    const place = `lat:35${minute}.0000,NS:N,lon:122${minute}.0000,EW:W`
    return `PK101;${place},utc:0305${second},batt:4.2,int:20,sl:0,st:3`
  }),
}
inputs['both in turn'] = (inputs['PK001'] ?? []).flatMap((bytes, index) => [bytes, inputs['PK101']?.[index] ?? bytes])

print(`machine   ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, one used`)
print(`runtime   Node ${process.version}, V8 ${process.versions.v8}`)
print(`settings  ${rounds} rounds of ${messages} messages, 2 rounds before them not counted`)
for (const [name, set] of Object.entries(inputs)) {
  for (let round = 0; round < 2; round++) measure(set)
  const measured = Array.from({ length: rounds }, () => measure(set))
  const byClock = spread(measured.map(({ wallSeconds }) => messages / wallSeconds))
  const byProcessor = spread(measured.map(({ cpuSeconds }) => messages / cpuSeconds))
  print(`${name.padEnd(14)}messages/s: ${byClock}`)
  print(`${''.padEnd(14)}per second of processor time: ${byProcessor}`)
}

/** Both clocks: on a machine that others use too, the processor's own is the steadier one. */
function measure(set: readonly Uint8Array[]): { wallSeconds: number; cpuSeconds: number } {
  let fixes = 0
  const start = performance.now()
  const cpuStart = process.cpuUsage()
  for (let count = 0; count < messages; count++) {
    const bytes = set[count % set.length]
    if (bytes === undefined) continue
    const result = decode(bytes, context)
    if (result.ok && result.report.kind === 'position' && result.report.hasFix) fixes++
  }
  const wallSeconds = (performance.now() - start) / 1000
  const cpu = process.cpuUsage(cpuStart)
  if (fixes !== messages) throw new Error(`only ${fixes} of ${messages} messages had their fix`)
  return { wallSeconds, cpuSeconds: (cpu.user + cpu.system) / 1e6 }
}

function spread(rates: readonly number[]): string {
  const sorted = [...rates].sort((a, b) => a - b)
  const at = (share: number): string => Math.round(sorted[Math.floor((rounds - 1) * share)] ?? 0).toLocaleString('en')
  return `median ${at(0.5)}, lowest ${at(0)}, highest ${at(1)}`
}

function makeMessages(write: (minute: string, second: string) => string): Uint8Array[] {
  const encoder = new TextEncoder()
  const two = (value: number): string => String(value).padStart(2, '0')
  return Array.from({ length: 3600 }, (_, index) => encoder.encode(write(two(Math.floor(index / 60)), two(index % 60))))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
