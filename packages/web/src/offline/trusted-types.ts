interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown
}

/**
 * Allows only URLs of this origin as scripts: the workers of the map and of the off-line copy. The page never turns
 * text into markup, so the policy admits nothing else.
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
