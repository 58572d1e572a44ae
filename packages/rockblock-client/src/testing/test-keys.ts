import { encodeBase64 } from '../receive/binary-text.ts'

/** A key pair as PEM text, suitable for a file or a variable. */
export interface TestKeys {
  /** SubjectPublicKeyInfo, for `publicKey` of `verifyWebhook`. */
  readonly publicKey: string
  /** PKCS #8, for `privateKey` of `buildSignedWebhook`. */
  readonly privateKey: string
}

/** RS256, as the vendor signs. */
export const RS256: RsaHashedImportParams = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/**
 * Generates an RSA key pair of 2,048 bits, as long as the vendor's. Takes a tenth of a second: once per test file is
 * enough.
 */
export async function generateTestKeys(): Promise<TestKeys> {
  const algorithm = { ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [publicDer, privateDer] = await Promise.all([
    crypto.subtle.exportKey('spki', pair.publicKey),
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
  ])
  return { publicKey: pem('PUBLIC KEY', publicDer), privateKey: pem('PRIVATE KEY', privateDer) }
}

function pem(label: string, der: ArrayBuffer): string {
  const lines = encodeBase64(new Uint8Array(der)).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
