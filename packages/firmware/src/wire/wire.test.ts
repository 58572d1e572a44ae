import {
  blocksOf,
  fitsOnFlash,
  parseRegisterRequest,
  parseUpgradeRequest,
  parseWireAddress,
  writeMetadata,
} from './mod.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('parseUpgradeRequest()', () => {
  it.each([
    ['{"cmd":"check","space":1048576}', { cmd: 'check', freeBytes: 1_048_576 }],
    ['{"space":0,"cmd":"check"}', { cmd: 'check', freeBytes: 0 }],
    ['{"cmd":"check"}', { cmd: 'check', freeBytes: null }],
    ['{"cmd":"init"}', { cmd: 'init' }],
    ['{"cmd":"status","job_id":7}', { cmd: 'status', jobId: '7' }],
    ['{"cmd":"status","job_id":"7"}', { cmd: 'status', jobId: '7' }],
    ['{"cmd":"metadata","job_id":7}', { cmd: 'metadata', jobId: '7' }],
    ['{"cmd":"get_file","job_id":7,"file_path":"./a.py"}', { cmd: 'get_file', jobId: '7', path: './a.py' }],
    ['{"cmd":"complete","job_id":7,"status":true}', { cmd: 'complete', jobId: '7', isDone: true }],
    ['{"cmd":"complete","job_id":null,"status":false}', { cmd: 'complete', jobId: null, isDone: false }],
  ])('reads %s', (text, expected) => {
    expect(parseUpgradeRequest(bytes(text))).toEqual(expected)
  })

  it.each(['', '[]', 'null', '{', '{"cmd":"erase"}', '{"cmd":["check"]}', '{"cmd":"get_file","job_id":7}', '\u00ff'])(
    'returns null for %j',
    (text) => {
      expect(parseUpgradeRequest(Buffer.from(text, 'latin1'))).toBeNull()
    },
  )
})

describe('parseRegisterRequest()', () => {
  it.each([
    ['{}', null],
    ['{"iam":"PK001"}', 'PK001'],
    ['{"iam":7}', null],
    ['{"iam":null}', null],
    ['{"iam":""}', null],
  ])('reads %s', (text, iam) => {
    expect(parseRegisterRequest(bytes(text))).toEqual({ iam })
  })
  it('returns null for an array', () => {
    expect(parseRegisterRequest(bytes('["PK001"]'))).toBeNull()
  })
})

describe('parseWireAddress()', () => {
  it.each([
    ['/connection/hc', { kind: 'health' }],
    ['/v1/buoy/register', { kind: 'register', device: 'buoy' }],
    ['/v1/handset/register?x=1', { kind: 'register', device: 'handset' }],
    ['/v1/handset/HS001/upgrade', { kind: 'upgrade', device: 'handset', iam: 'HS001' }],
    ['/v1/buoy/a%2Fb/upgrade', { kind: 'upgrade', device: 'buoy', iam: 'a/b' }],
  ])('reads %s', (target, expected) => {
    expect(parseWireAddress(target)).toEqual(expected)
  })
  it.each(['/v1/buoys', '/v1/rockstar/register', '/v1/buoy/register/', '/v1/buoy/%zz/upgrade', '/connection/hcx'])(
    'returns null for %s',
    (target) => {
      expect(parseWireAddress(target)).toBeNull()
    },
  )
})

describe('writeMetadata()', () => {
  it('lists every folder, the size in flash blocks, and paths as the device knows them', () => {
    const files = [
      { path: 'apps/ota/x.py', bytes: 5000, sha1: 'aa', sha256: '' },
      { path: 'boot.py', bytes: 0, sha1: 'bb', sha256: '' },
    ]
    expect(JSON.parse(writeMetadata(files))).toEqual({
      size: 3 * 4096 + 3 * 16_384,
      dirs: ['.', './apps', './apps/ota'],
      files: { './apps/ota/x.py': [5000, 'aa'], './boot.py': [0, 'bb'] },
    })
  })
})

describe('flash space', () => {
  it('counts whole blocks, leaves a tenth of the flash free, and fits when the space is unknown', () => {
    const size = blocksOf([{ path: 'a', bytes: 1 }])
    expect(size).toBe(4096 + 16_384)
    expect(fitsOnFlash(900, 1000)).toBe(true)
    expect(fitsOnFlash(901, 1000)).toBe(false)
    expect(fitsOnFlash(901, null)).toBe(true)
  })
})
