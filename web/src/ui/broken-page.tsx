import { Component, type ReactNode } from 'react';
import { presentTexts } from '../texts/index.ts';

/** Replaces a page that failed to render. The form is kept. */
export class BrokenPage extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const { connection } = presentTexts();
    return (
      <main className="absent broken">
        <h1>LatentQL</h1>
        <p role="alert">{connection.broken}</p>
        <button
          type="button"
          className="button strong"
          onClick={() => {
            location.reload();
          }}
        >
          {connection.reload}
        </button>
      </main>
    );
  }
}
