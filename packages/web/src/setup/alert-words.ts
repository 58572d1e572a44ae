import type { AlertKind } from '@paikea/domain'

/** Kinds of alert, in words. */
export const ALERT_WORDS: Readonly<Record<AlertKind, string>> = {
  'vendor-silent': 'nothing arrives from the satellite service',
  'device-silent': 'a buoy is silent',
  'battery-low': 'battery low',
  'position-frozen': 'a position is frozen',
  'position-implausible': 'a position is implausible',
  'left-watch-circle': 'a buoy left its watch circle',
  'came-ashore': 'a buoy comes ashore',
  'deliveries-parked': 'deliveries wait for an operator',
  'airtime-budget': 'an airtime level is exceeded',
  'certificate-ending': 'a certificate expires soon',
  'disk-low': 'the disk is filling up',
}
