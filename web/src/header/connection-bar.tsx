import { connection, tryNow } from '../api/connection.ts';
import { server } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** The version that this page was built from. */
declare const PAGE_VERSION: string;

/** Under the header while there is no connection, and shortly after it is there again; also where the server has become another one. */
export function ConnectionBar() {
  const texts = useTexts().connection;
  const state = useStore(connection);
  const version = useStore(server)?.version;
  if (state === 'opening' || state === 'open') {
    if (version === undefined || version === PAGE_VERSION) return null;
    return (
      <div className="connection">
        <span>{texts.otherVersion}</span>
        <button
          type="button"
          className="link"
          onClick={() => {
            location.reload();
          }}
        >
          {texts.reload}
        </button>
      </div>
    );
  }
  return (
    <div className={`connection connection-${state}`}>
      <span>{texts[state]}</span>
      {state === 'lost' && (
        <button type="button" className="link" onClick={tryNow}>
          {texts.tryNow}
        </button>
      )}
    </div>
  );
}
