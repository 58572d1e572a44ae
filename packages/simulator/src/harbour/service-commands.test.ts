import { obeyFrame, type ServiceState } from './service-commands.ts'

const state: ServiceState = {
  iam: 'PK001',
  kind: 'buoy',
  batteryVolts: 4.1,
  rb: false,
  gps: false,
  lora: false,
  hasHardware: false,
} as const
const ready = { ...state, hasHardware: true }

describe('obeyFrame()', () => {
  it.each([
    ['arguments to a command that takes none', state, '["CMD","hal",[1]]'],
    ['send_lora before the hardware is set up', state, '["CMD","send_lora",["x"]]'],
    ['send_lora without a text', ready, '["CMD","send_lora",[]]'],
    ['switch_app without an app', state, '["CMD","switch_app",[]]'],
    ['test_new_sta without a password', state, '["CMD","test_new_sta",["net"]]'],
  ])('goes deaf on %s', (_what, at, text) => {
    expect(obeyFrame(at, text).isDeaf).toBe(true)
  })

  it.each(['["CMD","reset",[1,2]]', '["CMD","service",[1]]', '["GET","x",[]]', '["CMD","unknown",[1]]'])(
    'stays awake on %s',
    (text) => expect(obeyFrame(state, text).isDeaf).toBeUndefined(),
  )

  it('confirms a switch of app for the next start, and accepts send_lora after the hardware is set up', () => {
    expect(obeyFrame(state, '["CMD","switch_app",["updatepy"]]')).toMatchObject({
      nextApp: 'updatepy',
      says: ['{"info":"Switching to app updatepy"}'],
    })
    expect(obeyFrame(obeyFrame(state, '["CMD","hal",[]]').state, '["CMD","send_lora",["x"]]').isDeaf).toBeUndefined()
  })

  it('echoes what it cannot parse, including a password in it', () => {
    const { says } = obeyFrame(state, '["CMD","store_new_sta",["net","secret"]')
    expect(says).toHaveLength(3)
    expect(says[1]).toBe('{"error": ["CMD","store_new_sta",["net","secret"]}')
  })
})
