import { Suspense } from 'react';
import { form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { lazyPart } from '../ui/lazy-part.ts';
import { BUNDLED } from './choose-model.ts';
import { Field, useErrors } from './field.tsx';
import { isModelDialogOpen, openModelPicker } from './model-dialog.ts';
import { stateOf, Thumbnail } from './model-facts.tsx';

const ModelDialog = lazyPart(() => import('../dialogs/model-dialog.tsx'));

/** The chosen model; a press opens the list. */
export function ModelPicker({ model }: { readonly model: Model | undefined }) {
  const texts = useTexts();
  const words = texts.model;
  const isOpen = useStore(isModelDialogOpen);
  const wanted = useStore(form).model;
  const isAbsent = wanted !== null && model !== undefined && model.name !== wanted;
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
      {isAbsent && <p className="warning">{words.absent(wanted, model.name)}</p>}
      {model?.name === BUNDLED && (
        <p className="hint note">
          {words.bundled}{' '}
          <button type="button" className="link" onClick={openModelPicker}>
            {words.addReal}
          </button>
        </p>
      )}
      {isOpen && (
        <Suspense>
          <ModelDialog
            chosen={model?.name}
            onClose={() => {
              isModelDialogOpen.set(false);
            }}
          />
        </Suspense>
      )}
    </Field>
  );
}
