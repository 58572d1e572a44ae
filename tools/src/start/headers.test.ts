import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

describe('headersOf()', () => {
  let prefix = ''
  beforeEach(() => {
    prefix = mkdtempSync(join(tmpdir(), 'paikea-headers-'))
    delete process.env['npm_config_nodedir']
  })
  afterEach(() => rmSync(prefix, { recursive: true }))

  const ask = async (): Promise<unknown> => {
    const { headersOf } = await import(pathToFileURL(join(import.meta.dirname, '../../prepare.mjs')).href)
    return headersOf(join(prefix, 'bin/node'), '24.1.0')
  }

  it.each([
    ['names the folder of headers of the same version', '#define NODE_MAJOR_VERSION 24\n', true],
    ['names none of another version', '#define NODE_MAJOR_VERSION 20\n', false],
    ['names none where there are no headers', null, false],
  ])('%s', async (_title, header, isNamed) => {
    if (header !== null) {
      mkdirSync(join(prefix, 'include/node'), { recursive: true })
      writeFileSync(join(prefix, 'include/node/node_version.h'), header)
    }
    expect(await ask()).toEqual(isNamed ? { npm_config_nodedir: prefix } : {})
  })
})
