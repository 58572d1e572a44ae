import { createReach, isWithinReach, lookupWithin, OutOfReachError } from './reach.ts'

describe('createReach()', () => {
  const strict = createReach([])

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1', '192.0.2.1'],
    ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::a00:1', '::127.0.0.1'],
  ])('does not allow %s', (address) => {
    expect(strict.allows(address, 'https:')).toBe(false)
  })

  it.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '::ffff:93.184.216.34', '64:ff9b::93.184.216.34'])(
    'allows %s by HTTPS only',
    (address) => {
      expect([strict.allows(address, 'https:'), strict.allows(address, 'http:')]).toEqual([true, false])
    },
  )

  it('allows private addresses only if listed, and then by HTTP too', () => {
    const reach = createReach(['10.1.0.0/16', 'fd00::/8', '127.0.0.1'])
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '127.0.0.1']) {
      expect(reach.allows(address, 'http:')).toBe(true)
    }
    for (const address of ['10.2.0.1', 'fc00::1', '127.0.0.2']) expect(reach.allows(address, 'https:')).toBe(false)
  })

  it.each(['10.0.0.0/33', 'example.org', '10.0.0.0/x', '::/129'])('refuses %s as a block', (block) => {
    expect(() => createReach([block])).toThrow(RangeError)
  })
})

describe('lookupWithin()', () => {
  const look = (hostname: string, allowed: readonly string[]) =>
    new Promise<unknown>((resolve) => {
      lookupWithin(createReach(allowed), 'https:')(hostname, { all: true }, (error, addresses) =>
        resolve(error ?? addresses),
      )
    })

  it('returns only addresses within reach', async () => {
    expect(await look('localhost', [])).toBeInstanceOf(OutOfReachError)
    expect(await look('localhost', ['127.0.0.0/8'])).toEqual([{ address: '127.0.0.1', family: 4 }])
  })

  it('lets isWithinReach() judge a URL, with null for an unknown name', async () => {
    const reach = createReach([])
    expect(await isWithinReach(new URL('https://[::1]/'), reach)).toBe(false)
    expect(await isWithinReach(new URL('https://localhost/'), reach)).toBe(false)
    expect(await isWithinReach(new URL('https://93.184.216.34/'), reach)).toBe(true)
    expect(await isWithinReach(new URL('https://no-such-host.invalid/'), reach)).toBeNull()
  })
})
