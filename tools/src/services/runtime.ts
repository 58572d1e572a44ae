import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether we run under Deno. */
export function isDeno(): boolean {
  return 'Deno' in globalThis
}

/** Arguments between the runtime's executable and a script of ours: Deno runs the source, Node the built files. */
export function runtimeArguments(): readonly string[] {
  return isDeno() ? ['run', '-A', '--node-modules-dir=manual', '--conditions=@paikea/source'] : []
}

/** Path of a module beside the root module of one of our packages, in the form this runtime runs. */
export function besideRoot(packageName: string, module: string): string {
  const rootModule = fileURLToPath(import.meta.resolve(packageName))
  return rootModule.replace(/[^/\\]+$/, `${module}${extname(rootModule)}`)
}
