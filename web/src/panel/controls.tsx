import { Suspense, useState } from 'react';
import { change, form } from '../state/form.ts';
import { extras, loadExtras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

const ControlRow = lazyPart(() => import('./control-row.tsx'));
const ControlDialog = lazyPart(() => import('../dialogs/control-dialog.tsx'));

/** The chosen ControlNets and T2I adapters; hidden where the server has none. */
export function Controls({ model }: { readonly model: Model | undefined }) {
  const texts = useTexts().control;
  const { controlModels } = useStore(extras);
  const { controls } = useStore(form);
  const errors = useErrors(['controls']);
  const [isOpen, setOpen] = useState(false);
  if (controlModels.length === 0 && controls.length === 0) return null;
  return (
    <Field
      id="controls"
      isGroup
      label={texts.label}
      help={texts.help}
      errors={errors}
      note={
        <button
          type="button"
          className="link"
          aria-haspopup="dialog"
          data-invalid={errors.length > 0 || undefined}
          aria-label={texts.addName}
          aria-describedby="controls-help controls-errors"
          onClick={() => {
            setOpen(true);
            void loadExtras();
          }}
        >
          {texts.add}
        </button>
      }
    >
      {controls.length === 0 ? (
        <p className="note">{texts.none}</p>
      ) : (
        <ul className="controls">
          {controls.map((control, place) => (
            <li key={`${place} ${control.model}`}>
              <Suspense>
                <ControlRow
                  control={control}
                  onChange={(fields) => {
                    clearErrors('controls');
                    change({
                      controls: controls.map((one, i) => (i === place ? { ...one, ...fields } : one)),
                    });
                  }}
                  onRemove={() => {
                    clearErrors('controls');
                    change({ controls: controls.filter((_, i) => i !== place) });
                  }}
                />
              </Suspense>
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <Suspense>
          <ControlDialog
            family={model?.family}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </Field>
  );
}
