import { EXAMPLE } from '../api/picture-address.ts';
import { change } from '../state/form.ts';
import { loadModels, models, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { bytesText } from '../ui/bytes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { BUNDLED, inPickerOrder, isUsable } from './choose-model.ts';
import { Field, useErrors } from './field.tsx';
import { isModelDialogOpen, openModelPicker } from './model-dialog.ts';
import { clearErrors } from './submit.ts';

/** The chosen model with its state, and the list of all behind it. */
export function ModelPicker({ model }: { readonly model: Model | undefined }) {
  const texts = useTexts();
  const words = texts.model;
  const isOpen = useStore(isModelDialogOpen);
  const errors = useErrors(['model', 'modelName']);
  return (
    <Field id="model" isGroup label={words.label} help={words.help} errors={errors}>
      <button
        type="button"
        id="model"
        className="model-button"
        aria-haspopup="dialog"
        aria-labelledby="model-label model"
        aria-describedby="model-help model-errors"
        onClick={openModelPicker}
      >
        <Thumbnail model={model} />
        <span className="model-facts">
          <span className="model-name">{model?.name ?? words.none}</span>
          {model && <span className="note">{stateOf(model, texts)}</span>}
        </span>
        <Icon name="down" />
      </button>
      {model?.name === BUNDLED && (
        <p className="hint note">
          {words.bundled}{' '}
          <button type="button" className="link" onClick={openModelPicker}>
            {words.addReal}
          </button>
        </p>
      )}
      {isOpen && (
        <ModelDialog
          chosen={model?.name}
          onClose={() => {
            isModelDialogOpen.set(false);
          }}
        />
      )}
    </Field>
  );
}

function ModelDialog({
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
        <span className="note">{words.thenRestart}</span>
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
  const state = model.problem == null ? words.missing(model.missingFiles.length) : words.broken;
  return (
    <details className="missing">
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
        </>
      ) : (
        <p className="error">
          <Icon name="warn" /> {model.problem}
        </p>
      )}
    </details>
  );
}

/** The bundled model shows the world that it knows; others have no picture yet. */
const Thumbnail = ({ model }: { readonly model: Model | undefined }) =>
  model?.name === BUNDLED ? (
    <img className="model-picture" src={EXAMPLE} width="36" height="36" alt="" />
  ) : (
    <span className="model-picture model-blank" aria-hidden="true">
      {model?.name.slice(0, 1).toUpperCase() ?? '?'}
    </span>
  );

function stateOf({ family, sizeBytes, loaded }: Model, { model: words }: Texts): string {
  const name = family == null ? null : words.families[family];
  return [name, bytesText(sizeBytes), loaded ? words.loaded : words.ready].filter(Boolean).join(', ');
}

const suits = ({ recommended: { width, height, steps, cfg } }: Model, { model: words }: Texts): string =>
  words.suits(width, height, steps, cfg);
