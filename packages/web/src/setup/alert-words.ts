import type { AlertKind } from '@paikea/domain'

/** Kinds of alert, in words. */
export const ALERT_WORDS: Readonly<Record<AlertKind, string>> = {
  'vendor-silent': 'nothing comes from the satellite service',
  'device-silent': 'a buoy is silent',
  'battery-low': 'battery low',
  'position-frozen': 'a position stands still',
  'position-implausible': 'a position is too far off',
  'left-watch-circle': 'a buoy left its watch circle',
  'came-ashore': 'a buoy comes ashore',
  'deliveries-parked': 'deliveries wait for a person',
  'airtime-budget': 'a level of airtime is passed',
  'certificate-ending': 'a certificate ends soon',
  'disk-low': 'the disk fills up',
}
