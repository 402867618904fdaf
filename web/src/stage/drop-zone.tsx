import { useRef } from 'react';
import { EXAMPLE } from '../api/picture-address.ts';
import { offerPicture } from '../dialogs/offered.ts';
import { takeExample } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { TOUCH, useMedia } from '../ui/media.ts';
import after from './example-after.webp';

/** The stage before there is anything to show. */
export function DropZone() {
  const texts = useTexts();
  const words = texts.empty;
  const isTouched = useMedia(TOUCH);
  const chooser = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const take = ({ target }: { target: HTMLInputElement }) => {
    const [file] = target.files ?? [];
    if (file) offerPicture(file, file.name);
    target.value = '';
  };
  const choose = () => chooser.current?.click();
  return (
    <div className="drop-zone">
      <div className="example-pair" aria-hidden="true">
        <img src={EXAMPLE} width="88" height="88" alt="" />
        <Icon name="arrow" />
        <img src={after} width="88" height="88" alt="" />
      </div>
      <h2>{isTouched ? words.touchTitle : words.title}</h2>
      <p className="lead">{isTouched ? words.touchText : words.text}</p>
      <div className="drop-buttons">
        <button type="button" className="button strong" onClick={choose}>
          {isTouched ? words.touchChoose : words.choose}
        </button>
        {isTouched && (
          <button type="button" className="button" onClick={() => camera.current?.click()}>
            {words.photo}
          </button>
        )}
        <button
          type="button"
          className="button"
          onClick={() => void takeExample(texts.source.exampleName, texts.prompt.placeholder)}
        >
          {words.example}
        </button>
      </div>
      <p className="note">{words.without}</p>
      <input ref={chooser} type="file" accept="image/*" hidden onChange={take} />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={take} />
    </div>
  );
}
