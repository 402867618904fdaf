import '../styles/parts.css';
import { useState } from 'react';
import { usePull } from '../jobs/pulls.ts';
import { inPickerOrder, isUsable } from '../panel/choose-model.ts';
import { stateOf, suits, Thumbnail } from '../panel/model-facts.tsx';
import { clearErrors } from '../panel/submit.ts';
import { change } from '../state/form.ts';
import { loadModels, models, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';

/** All models: usable ones first, then what the others lack. */
export default function ModelDialog({
  chosen,
  onClose,
}: {
  readonly chosen: string | undefined;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const words = texts.model;
  const list = inPickerOrder(useStore(models) ?? []);
  const usable = list.filter(isUsable);
  const others = list.filter((model) => !isUsable(model));
  return (
    <Dialog title={words.choose} className="models" onClose={onClose}>
      <ul className="model-list">
        {usable.map((model) => (
          <li key={model.name}>
            <button
              type="button"
              className="model-button"
              aria-pressed={model.name === chosen}
              onClick={() => {
                clearErrors('model', 'modelName');
                change({ model: model.name });
                onClose();
              }}
            >
              <Thumbnail model={model} />
              <span className="model-facts">
                <span className="model-name">{model.name}</span>
                <span className="note">{stateOf(model, texts)}</span>
                <span className="note">{suits(model, texts)}</span>
                {model.licence != null && <span className="note">{words.licence(model.licence)}</span>}
              </span>
              {model.name === chosen && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      <h3>{words.others}</h3>
      <p className="note">{words.howTo}</p>
      <ul className="model-list">
        {others.map((model) => (
          <li key={model.name}>
            <Missing model={model} />
          </li>
        ))}
      </ul>
      <p className="dialog-foot">
        <span className="note">{words.foundByItself}</span>
        <button type="button" className="button" onClick={() => void loadModels()}>
          {words.lookAgain}
        </button>
      </p>
    </Dialog>
  );
}

/** A model that lacks files or cannot be used, with what to do about it. */
function Missing({ model }: { readonly model: Model }) {
  const words = useTexts().model;
  const [isOpen, setOpen] = useState(false);
  const state = model.problem == null ? words.missing(model.missingFiles.length) : words.broken;
  return (
    <details
      className="missing"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <span className="model-name">{model.name}</span> <span className="note">{state}</span>
      </summary>
      {model.problem == null ? (
        <>
          <p className="note">{words.putInto}</p>
          <ul className="files">
            {model.missingFiles.map((file) => (
              <li key={file}>
                <code>{file}</code> <CopyButton text={file} />
              </li>
            ))}
          </ul>
          {model.licence != null && <p className="note">{words.licence(model.licence)}</p>}
          <Download name={model.name} isShown={isOpen} />
        </>
      ) : (
        <p className="error">
          <Icon name="warn" /> {model.problem}
        </p>
      )}
    </details>
  );
}

/** Starts the download of the missing files and shows its progress. */
function Download({ name, isShown }: { readonly name: string; readonly isShown: boolean }) {
  const words = useTexts().model;
  const { pull, fault, start } = usePull(name, isShown);
  const error = fault ?? pull?.error ?? null;
  if (pull?.state === 'RUNNING') {
    const { file, bytes, totalBytes } = pull;
    const amount = totalBytes == null ? bytesText(bytes) : words.of(bytesText(bytes), bytesText(totalBytes));
    return (
      <p className="download">
        <progress aria-label={words.downloading} value={bytes} max={totalBytes ?? undefined} />
        <span className="note">{[file, amount].filter(Boolean).join(', ')}</span>
      </p>
    );
  }
  return (
    <>
      <p className="download">
        <button type="button" className="button" onClick={start}>
          <Icon name="download" /> {error === null ? words.download : words.downloadAgain}
        </button>
        <span className="note">{words.downloadNote}</span>
      </p>
      <div role="alert">
        {error !== null && (
          <p className="error">
            <Icon name="warn" /> {error}
          </p>
        )}
      </div>
    </>
  );
}
