import { connection, tryNow } from '../api/connection.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** Under the header while there is no connection, and shortly after it is there again. */
export function ConnectionBar() {
  const texts = useTexts().connection;
  const state = useStore(connection);
  if (state === 'opening' || state === 'open') return null;
  return (
    <div className={`connection connection-${state}`} role="status">
      <span>{texts[state]}</span>
      {state === 'lost' && (
        <button type="button" className="link" onClick={tryNow}>
          {texts.tryNow}
        </button>
      )}
    </div>
  );
}
