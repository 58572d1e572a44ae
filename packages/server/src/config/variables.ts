/** One environment variable: what it means, and whether its value may be shown. */
export interface Variable {
  readonly name: string
  /** A secret may also come from a file named by `NAME_FILE`, and is never printed. */
  readonly isSecret: boolean
  readonly meaning: string
}

const open = (name: string, meaning: string): Variable => ({ name, isSecret: false, meaning })
const secret = (name: string, meaning: string): Variable => ({ name, isSecret: true, meaning })

/** Every variable Paikea reads, except Temporal's and Amazon's own. `.env.example` explains the same list. */
export const variables: readonly Variable[] = [
  open('PAIKEA_ENV', 'DEV or PROD'),
  open('PAIKEA_LOG_LEVEL', 'fatal, error, warn, info, debug or trace'),
  open('PAIKEA_DATA', 'folder for everything that lasts'),
  secret('PAIKEA_DB_URI', 'connection string of the database'),
  secret('PAIKEA_DB_PASS', 'password of the database, before one in the string'),
  open('PAIKEA_HOST', 'address the API listens on'),
  open('PAIKEA_PORT', 'port of API, web app and webhooks'),
  open('PAIKEA_DEVICE_PORT', 'port of the device link'),
  open('PAIKEA_RELAY_HOST', 'address at which other processes reach the device links of this one'),
  open('PAIKEA_RELAY_PORT', 'its port; 0 is any that is free'),
  open('PAIKEA_PUBLIC_URL', 'address under which people and the vendor reach us'),
  open('PAIKEA_TRUSTED_PROXIES', 'addresses of proxies whose X-Forwarded-For is believed'),
  secret('PAIKEA_WEBHOOK_SECRET', 'secret part of the webhook addresses'),
  open('PAIKEA_WEBHOOK_SENDERS', 'addresses whose deliveries need no secret, while moving in'),
  open('PAIKEA_ROCKBLOCK_PUBLIC_KEY', "the vendor's key for its webhook signatures, PEM"),
  secret('PAIKEA_METRICS_TOKEN', 'bearer token that may read /metrics'),
  open('PAIKEA_ADMIN_EMAIL', 'the first administrator, where there is no user'),
  secret('PAIKEA_ADMIN_PASSWORD', 'the password of the first administrator'),
  open('PAIKEA_PRIVATE_TARGETS', 'private networks that outgoing webhooks may reach'),
  open('PAIKEA_MAX_KNOTS', 'speed beyond which a position is asked about, for all or by kind of device'),
  secret('PAIKEA_FIRMWARE_REPO', 'git repository of the firmware: https, SSH or a folder'),
  open('PAIKEA_FIRMWARE_BASE', 'folder for the files of releases'),
  secret('PAIKEA_FIRMWARE_KEY', 'private deploy key for that repository, or the file that holds it'),
  secret('PAIKEA_FIRMWARE_TOKEN', 'token for that repository over https'),
  open('PAIKEA_FIRMWARE_KNOWN_HOSTS', 'file with the pinned host key of the git server'),
  open('PAIKEA_FIRMWARE_SIGNERS', 'file of those who may sign tags'),
  open('ROCKBLOCK_USER', "the vendor's log-in for RockBLOCK"),
  secret('ROCKBLOCK_PASS', 'its password'),
  open('ROCKBLOCK_URL', "base address of the vendor's RockBLOCK service"),
  open('ROCKCORE_USER', "the vendor's log-in for RockSTAR"),
  secret('ROCKCORE_PASS', 'its password'),
  open('ROCKCORE_URL', "base address of the vendor's RockSTAR service"),
  secret('CLOUDLOOP_TOKEN', 'token for Cloudloop'),
  open('CLOUDLOOP_URL', 'base address of Cloudloop'),
]
