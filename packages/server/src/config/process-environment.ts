/** The environment of this process: the only place in the program that reads it. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
