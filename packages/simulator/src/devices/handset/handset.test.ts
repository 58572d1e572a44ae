import { launch } from '../../../test/test-sea.ts'
import { readDisplayedBuoy } from './display.ts'

const POSITION = '3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0'

describe('handset', () => {
  it('reports its own position as PK001 at power-on, and ten minutes after each send', () => {
    const { gateway, until } = launch('handset', { at: '12:03:00' })
    until('12:15:00')
    expect(gateway.times()).toEqual(['12:03:50', '12:14:20'])
    expect(gateway.heard[0]?.text).toMatch(/^PK001;lat:36.*,sog:\d\.\d,cog:(\d+|None)$/)
  })

  it('sends what a person asks for: PK005 and PK006, in order', () => {
    const { gateway, device, until } = launch('handset', { at: '12:03:00' })
    until('12:05:00')
    device.dispatch({ kind: 'ask', text: 'PK006;10' })
    device.dispatch({ kind: 'ask', text: 'PK005;1' })
    until('12:07:00')
    expect(gateway.heard.slice(1).map(({ time, text }) => `${time} ${text}`)).toEqual([
      '12:05:20 PK006;10',
      '12:05:40 PK005;1',
    ])
  })

  it('fetches a message on a ring alert and shows the buoy', () => {
    const { gateway, device, until } = launch('handset', { at: '12:03:00' })
    until('12:05:00')
    gateway.queue.push(`+DATA:PK004,${POSITION};`)
    device.dispatch({ kind: 'ring' })
    until('12:06:00')
    expect(gateway.heard.at(-1)).toEqual({ time: '12:05:20', text: '' })
    expect(device.view()?.details['buoy']).toMatchObject({ latitude: '3749.5074', ns: 'N', ew: 'W', status: 0 })
  })

  it.each([
    ['eight values', `+DATA:PK004,${POSITION};`, true],
    ['no final semicolon', `+DATA:PK004,${POSITION}`, true],
    ['unpadded degrees', '+DATA:PK004,800.0120,S,030.0000,E,0.5,12.0,030501,1;', true],
    ['seven values', '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000;', false],
    ['nine values', `+DATA:PK004,${POSITION},9;`, false],
    ['a status that is no decimal integer', '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0x1;', false],
    ['a status with a fraction', '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,1.0;', false],
    ['a course of 360', '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,360.0,030501.000,0;', false],
    ['a course that is None', '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,None,030501.000,0;', false],
    ['another packet', '+DATA:PK006,10;', false],
  ])('with %s, %j is displayed: %s', (_, text, shown) => {
    expect(readDisplayedBuoy(text) !== null).toBe(shown)
  })

  it('keeps showing the last buoy when a text cannot be read', () => {
    const { gateway, device, until } = launch('handset', { at: '12:03:00' })
    gateway.queue.push(`+DATA:PK004,${POSITION};`, '+DATA:PK004,1,2,3;')
    until('12:06:00')
    expect(gateway.queue).toEqual([])
    expect(device.view()?.details['buoy']).toMatchObject({ latitude: '3749.5074' })
  })
})
