import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether we run under Deno. */
export function isDeno(): boolean {
  return 'Deno' in globalThis
}

/** What goes between the runtime's executable and a script of ours: under Deno the source runs, under Node the built files. */
export function runtimeArguments(): readonly string[] {
  return isDeno() ? ['run', '-A', '--node-modules-dir=manual', '--conditions=@paikea/source'] : []
}

/** Path of a module beside the root module of a package of ours, in the form this runtime runs. */
export function besideRoot(packageName: string, module: string): string {
  const rootModule = fileURLToPath(import.meta.resolve(packageName))
  return rootModule.replace(/[^/\\]+$/, `${module}${extname(rootModule)}`)
}
