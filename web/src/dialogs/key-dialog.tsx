import { useState } from 'react';
import { giveKey, keyQuestion } from '../state/key.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';

/** Asks for the API key; the page keeps its state. */
export default function KeyDialog() {
  const texts = useTexts().key;
  const question = useStore(keyQuestion);
  const [key, setKey] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  return (
    <Dialog title={texts.title} className="key">
      <form
        className="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') giveKey(key.trim(), isRemembered);
        }}
      >
        <label className="label" htmlFor="api-key">
          {texts.label}
        </label>
        <input
          id="api-key"
          type="password"
          autoComplete="current-password"
          value={key}
          aria-invalid={question === 'refused'}
          aria-describedby="api-key-error"
          onChange={({ target }) => {
            setKey(target.value);
          }}
        />
        <p id="api-key-error" className="error" role="alert">
          {question === 'refused' && texts.unknown}
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={isRemembered}
            onChange={({ target }) => {
              setRemembered(target.checked);
            }}
          />{' '}
          {texts.remember}
        </label>
        <p className="dialog-foot">
          <button type="submit" className="button strong">
            {texts.go}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
