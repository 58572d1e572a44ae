import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request, startTestApi, type TestApi } from '../../test/test-api.ts'

describe('/docs', () => {
  let api: TestApi
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-docs-'))
    mkdirSync(join(folder, 'decisions'))
    writeFileSync(join(folder, 'index.html'), '<h1>Paikea</h1>')
    writeFileSync(join(folder, 'decisions', 'index.html'), '<h1>Decisions</h1>')
    writeFileSync(join(folder, 'secret.key'), 'not a page')
    api = await startTestApi('sqlite', { config: { docsDirectory: folder } })
  })
  afterAll(async () => {
    await api.close()
    rmSync(folder, { recursive: true })
  })

  it('serves the built pages by folder, and answers 404 to everything else', async () => {
    const get = (path: string) => request(`${api.url}${path}`, 'GET')
    expect((await get('/docs')).headers.get('location')).toMatch(/\/docs\/$/)
    expect(await get('/docs/')).toMatchObject({ status: 200, body: '<h1>Paikea</h1>' })
    expect((await get('/docs/decisions/')).body).toContain('Decisions')
    for (const path of ['/docs/secret.key', '/docs/none.html', '/docs/..%2f..%2fetc/passwd']) {
      expect((await get(path)).status).toBe(404)
    }
    expect((await request(`${api.url}/docs/`, 'POST', {})).status).toBe(404)
  })
})
