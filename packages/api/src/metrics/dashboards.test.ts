import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestApi, type TestApi } from '../../test/test-api.ts'
import { workFigures } from './work-figures.ts'

const DEPLOY = join(import.meta.dirname, '..', '..', '..', '..', 'deploy')
/** Written by a process with other parts than the test's. */
const ELSEWHERE = ['paikea_alerts_rounds', 'paikea_alerts_last_round_seconds']

describe('dashboard and alert rules', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it.each(['grafana/paikea.json', 'prometheus/paikea-alerts.yml'])('%s uses only existing metrics', async (file) => {
    await api.call(null, 'GET', '/healthz')
    workFigures().finished('webhook', 'sent', 2)
    await fetch(`${api.url}/rockblock/incoming`, { method: 'POST' })
    const text = await (await fetch(`${api.url}/metrics`)).text()
    const written = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const asked = readFileSync(join(DEPLOY, file), 'utf8').matchAll(/\bpaikea_\w+/g)
    const names = [...new Set([...asked].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, '')))]
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !written.has(name) && !ELSEWHERE.includes(name))).toEqual([])
  })
})
