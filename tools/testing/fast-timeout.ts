/** The first test of a file pays for compiling what it imports, which a busy machine stretches past Jest's 5 s. */
jest.setTimeout(60_000)
