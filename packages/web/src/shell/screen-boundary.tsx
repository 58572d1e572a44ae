import { Component, type ReactNode } from 'react'

interface Props {
  /** Where the page is: elsewhere a broken screen is forgotten. */
  readonly at: string
  readonly fallback: ReactNode
  readonly children: ReactNode
}

/**
 * Keeps the head and the places when a screen breaks, most of all when its file cannot be fetched: off-line, while the
 * service is away, or after a new version took the place of the one this page began with.
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
