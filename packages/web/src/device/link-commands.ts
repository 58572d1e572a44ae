/** One-touch commands to a device; the service validates every command. */
export const LINK_COMMANDS: readonly (readonly [words: string, verb: string, name: string, ...values: string[]])[] = [
  ['Show its state', 'CMD', 'hal'],
  ['Show its Wi-Fi', 'GET', 'wifi'],
  ['Service mode', 'CMD', 'service'],
  ['Start the GPS', 'CMD', 'start_gps'],
  ['Stop the GPS', 'CMD', 'stop_gps'],
  ['Start the satellite modem', 'CMD', 'start_rb'],
  ['Stop the satellite modem', 'CMD', 'stop_rb'],
  ['Start the LoRa radio', 'CMD', 'start_lora'],
  ['Stop the LoRa radio', 'CMD', 'stop_lora'],
  // Takes effect after the reset.
  ['Choose the updater', 'CMD', 'switch_app', 'updatepy'],
  ['Restart it', 'CMD', 'reset'],
]
