import { createHash } from 'node:crypto'
import { askJson, type ServerAddress } from './device-http.ts'
import type { Flash } from './flash.ts'
import { keepLink } from './link.ts'
import { Run } from './run.ts'
import { obeyFrame, printState, type ServiceState } from './service-commands.ts'
import { runUpdater } from './updater.ts'

/** The phase of a device in the harbour, as a technician would see it. */
export type HarbourPhase = 'off' | 'starting' | 'service' | 'updating' | 'installing' | 'left' | 'dead'

/** The device as `/sim` returns it. */
export interface HarbourView {
  readonly phase: HarbourPhase
  /** What it runs after its next start. */
  readonly app: string
  readonly link: 'none' | 'connecting' | 'open' | 'lost' | 'deaf'
  readonly requests: number
  readonly freeBytes: number
  readonly freshFiles: number
  readonly runs: readonly string[]
  readonly files: Readonly<Record<string, readonly [bytes: number, sha1: string]>>
}

/** Options of a harbour device. */
export interface HarbourOptions {
  readonly kind: 'buoy' | 'handset'
  readonly iam: string
  readonly server: ServerAddress
  readonly link: { readonly host: string; readonly port: number }
  /** The contents of its flash. */
  readonly flash: Flash
  /** Called when it starts an app not used in the harbour: it is at sea again. */
  readonly onLeft: () => void
  /** Called when a new tree is installed. */
  readonly onInstalled: () => void
  readonly pauses?: Partial<typeof PAUSES>
}

/** Pauses of the real devices, in real time: the services they talk to run in no other. */
const PAUSES = { startMs: 2000, lookMs: 5000, askAgainMs: 5000, installMs: 500, resetMs: 1000 }
const MAX_RUNS = 20
const CUT_AFTER_MS = 5

/** A v2 device on harbour Wi-Fi: service mode with its live link, and the updater. */
export class HarbourDevice {
  readonly #options: HarbourOptions
  readonly #pauses: typeof PAUSES
  readonly #flash: Flash
  readonly #runs: string[] = []
  #iam: string
  #run = new Run()
  #phase: HarbourPhase = 'off'
  #app = 'service'
  #link: HarbourView['link'] = 'none'
  #requests = 0
  #cutAtRequest = Number.POSITIVE_INFINITY

  constructor(options: HarbourOptions) {
    this.#options = options
    this.#iam = options.iam
    this.#pauses = { ...PAUSES, ...options.pauses }
    this.#flash = options.flash
  }

  get iam(): string {
    return this.#iam
  }

  /** Switches it on. @param app what it starts, by default what it was last switched to */
  powerOn(app = this.#app): void {
    if (this.#phase === 'dead') return
    this.#run.cut()
    this.#app = app
    this.#start()
  }

  /** Cuts its power. During an installation that leaves a device that cannot boot. */
  powerOff(): void {
    this.#run.cut()
    if (this.#phase === 'dead') return
    if (this.#phase === 'installing') this.#note('dead')
    this.#phase = this.#phase === 'installing' ? 'dead' : 'off'
    this.#link = 'none'
  }

  /** Cuts the power in the middle of the updater's n-th request from now. */
  cutAtRequest(count: number): void {
    this.#cutAtRequest = this.#requests + count
  }

  /** What a technician does once at its keyboard: requests a name, and stores it. */
  async register(): Promise<string> {
    const { server, kind } = this.#options
    const { iam } = await askJson(this.#run, server, `/${kind}/register`, { iam: this.#iam })
    if (typeof iam === 'string' && iam !== '') this.#iam = iam
    return this.#iam
  }

  view(): HarbourView {
    const files = [...this.#flash.files].map(
      ([path, content]) => [path, [content.length, createHash('sha1').update(content).digest('hex')]] as const,
    )
    return {
      phase: this.#phase,
      app: this.#app,
      link: this.#link,
      requests: this.#requests,
      freeBytes: this.#flash.freeBytes(),
      freshFiles: this.#flash.freshCount,
      runs: this.#runs,
      files: Object.fromEntries(files),
    }
  }

  /** Removes it from the harbour. */
  dispose(): void {
    this.#run.reset()
    this.#phase = 'off'
  }

  #restart(): void {
    this.#run.reset()
    this.#start()
  }

  #start(): void {
    const run = new Run()
    this.#run = run
    this.#phase = 'starting'
    this.#link = 'none'
    void run.sleep(this.#pauses.startMs).then(() => {
      if (this.#app === 'updatepy') return this.#update(run)
      if (this.#app === 'service' || this.#app === 'shell' || this.#app === 'ota') return this.#serve(run)
      this.#phase = 'left'
      this.#options.onLeft()
    })
  }

  #serve(run: Run): void {
    this.#phase = 'service'
    const { kind, link: target } = this.#options
    let state: ServiceState = {
      iam: this.#iam,
      kind,
      batteryVolts: 4.1,
      rb: false,
      gps: false,
      lora: false,
      hasHardware: false,
    }
    void keepLink({
      run,
      target,
      iam: this.#iam,
      lookMs: this.#pauses.lookMs,
      onOpen: (say) => say(printState(state)),
      onText: (text, say) => {
        const step = obeyFrame(state, text)
        state = step.state
        if (step.nextApp !== undefined) this.#app = step.nextApp
        for (const said of step.says) say(said)
        if (step.isDeaf === true) return 'deaf'
        if (step.resets === true) void run.sleep(this.#pauses.resetMs).then(() => this.#restart())
        else say(printState(state))
        return undefined
      },
      onState: (at) => {
        this.#link = at
      },
    })
  }

  #update(run: Run): void {
    // Done first: after any power cut or error it boots into service mode.
    this.#app = 'service'
    this.#phase = 'updating'
    const { kind, server } = this.#options
    runUpdater({
      run,
      flash: this.#flash,
      server,
      kind,
      iam: this.#iam,
      askAgainMs: this.#pauses.askAgainMs,
      installMs: this.#pauses.installMs,
      onRequest: () => {
        this.#requests += 1
        if (this.#requests < this.#cutAtRequest) return
        this.#cutAtRequest = Number.POSITIVE_INFINITY
        this.#note('cut')
        // By then the request is on its way.
        setTimeout(() => {
          if (this.#run === run) this.powerOff()
        }, CUT_AFTER_MS).unref()
      },
      onInstalling: (isInstalling) => {
        this.#phase = isInstalling ? 'installing' : 'updating'
        if (!isInstalling) this.#options.onInstalled()
      },
    }).then(
      (end) => this.#ended(run, end),
      (cause: unknown) => this.#ended(run, cause instanceof Error ? cause.message : String(cause)),
    )
  }

  #ended(run: Run, how: string): void {
    if (run.isOver) return
    this.#note(how)
    this.#restart()
  }

  #note(how: string): void {
    this.#runs.push(how)
    if (this.#runs.length > MAX_RUNS) this.#runs.shift()
  }
}
