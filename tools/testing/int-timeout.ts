/** Long enough for a real server's start on a busy machine; `testTimeout` cannot be set per project. */
jest.setTimeout(60_000)
