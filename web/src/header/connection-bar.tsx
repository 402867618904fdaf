import { useId } from 'react';
import { connection, tryNow } from '../api/connection.ts';
import { server } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** The version that this page was built from. */
declare const PAGE_VERSION: string;

/** A bar while the connection is lost and shortly after it is back, and after a server update. */
export function ConnectionBar() {
  const texts = useTexts().connection;
  const state = useStore(connection);
  const version = useStore(server)?.version;
  const words = useId();
  if (state === 'opening' || state === 'open') {
    if (version === undefined || version === PAGE_VERSION) return null;
    return (
      <section className="connection" aria-labelledby={words}>
        <span id={words}>{texts.otherVersion}</span>
        <button
          type="button"
          className="link"
          onClick={() => {
            location.reload();
          }}
        >
          {texts.reload}
        </button>
      </section>
    );
  }
  return (
    <section className={`connection connection-${state}`} aria-labelledby={words}>
      <span id={words}>{texts[state]}</span>
      {state === 'lost' && (
        <button type="button" className="link" onClick={tryNow}>
          {texts.tryNow}
        </button>
      )}
    </section>
  );
}
