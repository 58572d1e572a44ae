import { DEFAULT_RULES } from '@paikea/database'
import { DEVICE_KINDS, type DeviceKind } from '@paikea/domain'
import { z } from 'zod'

const MAX_KNOTS = 2_000
const EXAMPLE = 'must be knots such as 60, or by kind such as buoy=30,rockstar=600'

/** Speeds beyond which a fix is queried: one number for all kinds of device, or one per kind. */
export const knots = z
  .string()
  .transform((text, context): Record<DeviceKind, number> => {
    const found = { ...DEFAULT_RULES.maxKnots }
    for (const part of text.split(',').map((one) => one.trim())) {
      const [, name = null, digits = ''] = /^(?:([a-z]+)=)?(\d+(?:\.\d+)?)$/.exec(part) ?? []
      const kinds = name === null ? DEVICE_KINDS : DEVICE_KINDS.filter((kind) => kind === name)
      const limit = Number(digits)
      if (kinds.length === 0 || limit <= 0 || limit > MAX_KNOTS) {
        context.issues.push({ code: 'custom', message: EXAMPLE, input: undefined })
        return z.NEVER
      }
      for (const kind of kinds) found[kind] = limit
    }
    return found
  })
  .default({ ...DEFAULT_RULES.maxKnots })
