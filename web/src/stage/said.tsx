import { actionFault } from '../jobs/actions.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { said } from './say.ts';

/** Short confirmations, and why the last action failed. */
export function Said() {
  const texts = useTexts();
  const answer = useStore(said);
  const fault = useStore(actionFault);
  return (
    <section className="said" aria-label={texts.landmarks.messages}>
      <div role="alert">
        {fault !== null && (
          <p>
            {fault}{' '}
            <button
              type="button"
              className="link"
              onClick={() => {
                actionFault.set(null);
              }}
            >
              {texts.close}
            </button>
          </p>
        )}
      </div>
      {answer && (
        <p>
          {answer.text}
          {answer.undo && (
            <button
              type="button"
              className="link"
              onClick={() => {
                answer.undo?.();
                said.set(null);
              }}
            >
              {texts.dock.undo}
            </button>
          )}
        </p>
      )}
    </section>
  );
}
