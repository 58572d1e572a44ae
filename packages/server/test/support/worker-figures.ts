import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../../..')

/** What Prometheus reads at an address. */
async function metricsOf(address: string): Promise<string> {
  const answer = await fetch(`http://${address}/metrics`)
  if (answer.status !== 200) throw new Error(`metrics: ${answer.status}`)
  return answer.text()
}

/** Names of the series in it, without what belongs to a histogram. */
function writtenNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name ?? ''))
}

/** Names that rules, dashboard and documents look for. */
function askedNames(files: readonly string[], pattern: RegExp): string[] {
  const found = files.flatMap((file) => [...readFileSync(join(ROOT, file), 'utf8').matchAll(pattern)])
  return [...new Set(found.map(([name]) => name.replace(/_(?:bucket|count|sum)$/, '')))]
}

/** A series appears with its first value: no delivery of this test is done with, and none is tried a second time. */
const LATER = ['paikea_delivery_age_seconds', 'temporal_activity_execution_latency_seconds']

/** What only a worker tells of itself, and what rules, dashboard and documents look for there. */
export async function expectWorkerFigures(address: string): Promise<void> {
  const text = await metricsOf(address)
  const files = [
    'deploy/grafana/paikea.json',
    'deploy/prometheus/paikea-alerts.yml',
    'docs/OPERATIONS.md',
    'docs/SCALE.md',
  ]
  const asked = askedNames(files, /\btemporal_\w+|\bpaikea_(?:message|delivery)_\w+/g)
  expect(asked.length).toBeGreaterThan(5)
  const written = writtenNames(text)
  expect(asked.filter((name) => !written.has(name) && !LATER.includes(name))).toEqual([])
  // The threshold that SCALE names must lie between two limits.
  expect(text).toMatch(/^temporal_workflow_task_schedule_to_start_latency_seconds_bucket\{.*le="0\.05"\}/m)
}
