import type { Envelope } from '@paikea/intake'

/** A beacon command as the vendor delivered it while the database was unavailable. */
export function commandEnvelope(imei: string, isOn: boolean, sentAt: string): Envelope {
  const body = new URLSearchParams({
    imei,
    momsn: '12',
    transmit_time: `26-11-24 ${sentAt}`,
    data: Buffer.from(`PK005;${isOn ? 1 : 0}`).toString('hex'),
  })
  return {
    format: 'rockblock',
    bodyBase64: Buffer.from(body.toString()).toString('base64'),
    contentType: 'application/x-www-form-urlencoded',
    receivedAt: new Date().toISOString(),
    sourceAddress: null,
    hasSecret: true,
    admittedBy: 'secret',
    verificationNote: null,
  }
}
