import { resolve } from 'node:path'
import { inFolder } from './in-folder.ts'

describe('inFolder()', () => {
  it.each([
    ['as npm was told where the command was typed', { INIT_CWD: '/typed/here' }, 'told', '/typed/here/told'],
    ['from where the process is, without npm', {}, 'told', resolve('told')],
    ['absolute, wherever it was typed', { INIT_CWD: '/typed/here' }, '/other', '/other'],
    ['over the variable', { INIT_CWD: '/typed/here', PAIKEA_DATA: '/kept' }, '../told', '/typed/told'],
  ])('resolves the folder %s', (_how, env, data, expected) => {
    expect(inFolder(env, data)).toEqual({ ...env, PAIKEA_DATA: expected })
  })

  it('returns the environment unchanged when no folder is given', () => {
    const env = { INIT_CWD: '/typed/here', PAIKEA_DATA: 'kept' }
    expect(inFolder(env, undefined)).toBe(env)
  })
})
