/**
 * Accepts messages as fast as it can and prints the key of each as soon as it is answered; killed from outside.
 * Arguments: database address, IMEI, number of messages, number of callers.
 */
import { writeSync } from 'node:fs'

import { openDatabase } from '@paikea/database'
import { createIntake } from '@paikea/intake'

const [uri, imei, total, callers] = process.argv.slice(2)
const db = await openDatabase({ uri })
const intake = createIntake({ db })
const start = Date.UTC(2026, 9, 31)
let next = 0

async function call() {
  while (next < Number(total)) {
    const index = next++
    const at = new Date(start + index * 1000).toISOString()
    const packet = `PK001;lat:3530.${String(index % 10_000).padStart(4, '0')},NS:N,lon:12200.0000,EW:W,utc:${at.slice(11, 19).replaceAll(':', '')}.00,sog:1,cog:2,sta:01,batt:12`
    const fields = {
      imei,
      serial: 16949,
      momsn: index % 65_536,
      transmit_time: `${at.slice(2, 10)} ${at.slice(11, 19)}`,
      data: Buffer.from(packet).toString('hex'),
    }
    const { status, key } = await intake.accept({
      format: 'rockblock',
      body: Buffer.from(JSON.stringify(fields)),
      contentType: 'application/json',
      receivedAt: new Date(),
      sourceAddress: null,
      hasSecret: true,
    })
    // At once and by the system call: nothing that was answered may be lost in a buffer.
    writeSync(1, `${status} ${key}\n`)
  }
}

await Promise.all(Array.from({ length: Number(callers) }, call))
await db.close()
