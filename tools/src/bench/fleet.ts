import { BENCH_MODEMS, benchImei } from './messages.ts'
import { post } from '../services/post.ts'

/**
 * Registers buoys for the load's first modems, as in a crew's fleet. @returns their names, in the order of the modems
 */
export async function buildFleet(baseUrl: string, token: string, count = BENCH_MODEMS): Promise<readonly string[]> {
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    const body = { kind: 'buoy', imei: benchImei(index) }
    const made = await post(`${baseUrl}/v1/devices`, body, { authorization: `Bearer ${token}` })
    names.push(((await made.json()) as { iam: string }).iam) // the contract's shape
  }
  return names
}
