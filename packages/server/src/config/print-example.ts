import type { Setting } from './setting.ts'
import { SECTIONS } from './settings.ts'

const WIDTH = 118

const HEAD = `
Every variable Paikea reads. Copy the ones you need into a file and name it with PAIKEA_DOTENV=/path/to/file, or set them in the environment, which takes precedence over the file (even if empty). \`npm start\` needs none of them; its flags take precedence over PAIKEA_HOST, PAIKEA_PORT, PAIKEA_DEVICE_PORT and PAIKEA_DATA, and it names unused variables at start.

[secret]: may also come from a file, with NAME_FILE=/path; never printed or logged.

Printed by \`npm run paikea -- settings\` from packages/server/src/config/settings.ts.`

/** Variables that other programs' libraries read directly. */
const FOREIGN = [
  {
    heading: 'Temporal',
    text: `The standard Temporal variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY [secret], TEMPORAL_TLS, TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH, TEMPORAL_TLS_SERVER_CA_CERT_PATH … A configuration file is read only if TEMPORAL_CONFIG_FILE or TEMPORAL_PROFILE names one. \`npm start\` uses none of them: it runs its own Temporal server. To use another one: \`npm run paikea -- serve\`.`,
    examples: ['TEMPORAL_ADDRESS=127.0.0.1:7233', 'TEMPORAL_NAMESPACE=default'],
  },
  {
    heading: 'Tools',
    text: `Only for \`npm start\` and \`npm test\`, and only in the environment, not in the file: paths of the Temporal CLI and of its time-skipping test server, if they are not on the PATH; and the cache folder for downloads.`,
    examples: ['TEMPORAL_CLI=', 'TEMPORAL_TEST_SERVER=', 'PAIKEA_CACHE=~/.cache/paikea'],
  },
  {
    heading: 'Amazon (for SQS endpoints)',
    text: `The standard AWS variables: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY [secret] …; AWS_ENDPOINT_URL for a local SQS.`,
    examples: ['AWS_REGION='],
  },
]

/** The text of `.env.example`. */
export function printExample(): string {
  const sections = Object.entries<Readonly<Record<string, Setting>>>(SECTIONS).map(([heading, settings]) => [
    rule(heading),
    ...Object.entries(settings).map(([name, { meaning, example, isSecret }]) =>
      [...comment(`${isSecret ? '[secret] ' : ''}${meaning}`), `#${name}=${example}`].join('\n'),
    ),
  ])
  const foreign = FOREIGN.map(({ heading, text, examples }) => [
    rule(heading),
    [...comment(text), ...examples.map((example) => `#${example}`)].join('\n'),
  ])
  const head = HEAD.trim()
    .split('\n\n')
    .map((paragraph) => comment(paragraph).join('\n'))
  return `${[...head, ...sections.flat(), ...foreign.flat()].join('\n\n')}\n`
}

function rule(heading: string): string {
  return `# --- ${heading} `.padEnd(WIDTH, '-')
}

/** Wraps to lines of at most `WIDTH` characters. */
function comment(text: string): readonly string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
