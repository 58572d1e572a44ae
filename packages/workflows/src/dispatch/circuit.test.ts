import { Circuit } from './circuit.ts'

describe('Circuit', () => {
  it('lets everything through while it is closed', () => {
    const circuit = new Circuit({ probeMs: 1_000 })
    expect([circuit.claimStart(0), circuit.claimStart(0)]).toEqual([0, 0])
  })

  it('lets one start per second through while it is open, and all after a success', () => {
    const circuit = new Circuit({ probeMs: 1_000 })
    expect(circuit.failed(0)).toBe(true)
    expect(circuit.failed(5)).toBe(false)
    expect(circuit.claimStart(400)).toBe(600)
    expect(circuit.claimStart(1_000)).toBe(0)
    expect(circuit.claimStart(1_001)).toBe(999)
    expect(circuit.openSinceMs).toBe(0)
    expect(circuit.succeeded()).toBe(true)
    expect(circuit.succeeded()).toBe(false)
    expect(circuit.claimStart(1_002)).toBe(0)
    expect(circuit.openSinceMs).toBeNull()
  })

  it('lets a start through at once when the clock is set back', () => {
    const circuit = new Circuit({ probeMs: 1_000 })
    circuit.failed(3_600_000)
    expect(circuit.claimStart(5)).toBe(0)
    expect(circuit.claimStart(6)).toBe(999)
  })
})
