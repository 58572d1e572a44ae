/** The environment of this process: read here, and nowhere else in the program. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
