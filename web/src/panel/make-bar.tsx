import { useEffect, useState } from 'react';
import { change, form } from '../state/form.ts';
import { server } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { SHOWN_BESIDE } from './panel-fields.ts';
import { clearErrors, isAbout, sending } from './submit.ts';

/** The batch size and the submit button, with the errors that belong to no control. */
export function MakeBar({ isReady }: { readonly isReady: boolean }) {
  const texts = useTexts().make;
  const { count } = useStore(form);
  const most = useStore(server)?.limits.batchSize.max ?? count;
  const { underWay, errors, again } = useStore(sending);
  const others = errors.filter((error) => !isAbout(error, SHOWN_BESIDE));
  const set = (next: number) => {
    clearErrors('batchSize');
    change({ count: Math.min(most, Math.max(1, next)) });
  };
  return (
    <div className="make-bar">
      <div role="alert" className="errors">
        {others.map(({ message, code }) => (
          <p key={message} className="error">
            <Icon name="warn" /> {code === 'NOT_SENT' && texts.notSent} {message}
          </p>
        ))}
      </div>
      {again && <Again at={again.at} cancel={again.cancel} />}
      <div className="make-row">
        <div className="count" role="group" aria-label={texts.count} title={texts.countHelp}>
          <button
            type="button"
            aria-label={texts.fewer}
            disabled={count === 1}
            onClick={() => {
              set(count - 1);
            }}
          >
            <Icon name="minus" />
          </button>
          <output aria-label={texts.count}>{count}</output>
          <button
            type="button"
            aria-label={texts.more}
            disabled={count >= most}
            onClick={() => {
              set(count + 1);
            }}
          >
            <Icon name="plus" />
          </button>
        </div>
        <button type="submit" className="make-button" disabled={!isReady}>
          {underWay > 0 && !again ? texts.sending : texts.button(count)}
          <kbd aria-hidden="true">{isMac ? '⌘ ↵' : 'Ctrl ↵'}</kbd>
        </button>
      </div>
    </div>
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function Again({ at, cancel }: { readonly at: number; readonly cancel: () => void }) {
  const texts = useTexts().make;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      clearInterval(ticking);
    };
  }, []);
  return (
    <p className="warning">
      {texts.full(Math.max(0, Math.ceil((at - now) / 1000)))}{' '}
      <button type="button" className="link" onClick={cancel}>
        {texts.doNotSend}
      </button>
    </p>
  );
}
