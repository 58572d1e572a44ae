/**
 * Reproducible pseudo-randomness. A seed and an index always give the same value, so that a track or a failed session
 * can be reproduced, and a device restored from the journal resumes its sequence.
 */

/** A number from 0 (inclusive) to 1 (exclusive), a pure function of its arguments. */
export function chanceAt(seed: number, index: number): number {
  let mixed = (seed ^ Math.imul(index + 0x9e3779b9, 0x85ebca6b)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296
}

/** Derives a seed from any text (FNV-1a), such as an IMEI. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** A stream of random numbers from one seed. */
export class Random {
  readonly #seed: number
  #index: number

  constructor(seed: number, index = 0) {
    this.#seed = seed
    this.#index = index
  }

  /** How many numbers were drawn: used to resume the stream later. */
  get index(): number {
    return this.#index
  }

  /** The next number, 0 ≤ x < 1. */
  next(): number {
    return chanceAt(this.#seed, this.#index++)
  }

  /** The next number between `low` and `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** True with the given probability (0 never, 1 always). */
  happens(probability: number): boolean {
    return this.next() < probability
  }
}
