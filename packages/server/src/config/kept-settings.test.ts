import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepSettings, keptSettingsFile, readKeptSettings } from './kept-settings.ts'

describe('kept settings', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-kept-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('are read back as last kept, from a file private to its owner', async () => {
    await keepSettings(folder, { PAIKEA_PORT: '1', ROCKBLOCK_PASS: 'p' })
    await keepSettings(folder, { PAIKEA_PORT: '2', TEMPORAL_API_KEY: '' })
    expect(readKeptSettings(folder)).toEqual({ PAIKEA_PORT: '2', TEMPORAL_API_KEY: '' })
    expect(statSync(keptSettingsFile(folder)).mode & 0o077).toBe(0)
  })

  test('are null when none are kept', () => {
    expect(readKeptSettings(join(folder, 'nowhere'))).toBeNull()
  })

  test.each(['{"PAIKEA_PORT":', '["x"]', '{"PAIKEA_PORT":8080}'])(
    'name their file in the error when it is damaged: %s',
    async (text) => {
      await keepSettings(folder, {})
      writeFileSync(keptSettingsFile(folder), text)
      expect(() => readKeptSettings(folder)).toThrow(`${keptSettingsFile(folder)} is damaged`)
    },
  )
})
