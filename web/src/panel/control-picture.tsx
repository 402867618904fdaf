import { useRef, useState } from 'react';
import { useSourceAddress } from '../api/source-address.ts';
import { storedPicture } from '../api/upload.ts';
import type { ChosenControl } from '../state/chosen.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';

/** The picture of a control: the source, or one that is dropped on it or chosen. */
export function ControlPicture({
  control: { model, picture },
  onChange,
}: {
  readonly control: ChosenControl;
  readonly onChange: (fields: Pick<ChosenControl, 'picture'>) => void;
}) {
  const texts = useTexts().control;
  const from = useStore(source);
  const own = useSourceAddress(picture?.sha256);
  const chooser = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<{ readonly fault: string } | 'sending' | 'idle'>('idle');
  const address = picture ? own : (from?.address ?? null);
  const take = async (file: Blob) => {
    setState('sending');
    try {
      onChange({ picture: await storedPicture(file) });
      setState('idle');
    } catch (error) {
      setState({ fault: error instanceof Error && error.message !== '' ? error.message : texts.notSent });
    }
  };
  return (
    <div
      className="source"
      data-drop
      onDrop={({ dataTransfer }) => {
        const [file] = dataTransfer.files;
        if (file) void take(file);
      }}
    >
      {address === null ? (
        <span className="source-picture source-none" />
      ) : (
        <img className="source-picture" src={address} width="56" height="56" alt="" />
      )}
      <div className="source-facts">
        <p>{state === 'sending' ? texts.sending : faceOf(picture !== null, from !== null, texts)}</p>
        <p className="links">
          <button
            type="button"
            className="link"
            aria-label={texts.chooseFor(model)}
            onClick={() => chooser.current?.click()}
          >
            {texts.choosePicture}
          </button>
          {picture && (
            <button
              type="button"
              className="link"
              onClick={() => {
                onChange({ picture: null });
              }}
            >
              {texts.useSource}
            </button>
          )}
        </p>
        <div role="alert">
          {typeof state === 'object' && (
            <p className="error">
              <Icon name="warn" /> {state.fault}
            </p>
          )}
        </div>
      </div>
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void take(file);
          target.value = '';
        }}
      />
    </div>
  );
}

const faceOf = (
  isOwn: boolean,
  hasSource: boolean,
  texts: { readonly own: string; readonly readsSource: string; readonly needsPicture: string },
): string => {
  if (isOwn) return texts.own;
  return hasSource ? texts.readsSource : texts.needsPicture;
};
