/** Long enough for a real server to start on a busy machine; `testTimeout` cannot be set per project. */
jest.setTimeout(60_000)
