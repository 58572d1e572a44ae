import { Component, type ReactNode } from 'react'

interface Props {
  /** The page's address: leaving it resets a broken screen. */
  readonly at: string
  readonly fallback: ReactNode
  readonly children: ReactNode
}

/**
 * Keeps header and navigation when a screen breaks, above all when its file cannot be fetched: off-line, while the
 * service is down, or after a new version replaced the one this page started with.
 */
export class ScreenBoundary extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true }
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.isBroken && before.at !== this.props.at) this.setState({ isBroken: false })
  }

  override render(): ReactNode {
    return this.state.isBroken ? this.props.fallback : this.props.children
  }
}
