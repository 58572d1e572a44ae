interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown
}

/**
 * Lets only addresses of this origin become scripts: the workers of map and offline copy. Text never becomes markup here,
 * so nothing else is let through.
 */
export function allowOwnScripts(): void {
  const { trustedTypes } = window as unknown as { readonly trustedTypes?: PolicyFactory }
  trustedTypes?.createPolicy('default', {
    createScriptURL(address) {
      if (new URL(address, window.location.href).origin === window.location.origin) return address
      throw new TypeError('Only scripts of this origin.')
    },
  })
}
