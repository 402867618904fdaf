import { Suspense, useState } from 'react';
import { form } from '../state/form.ts';
import { extras, loadExtras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { Field, useErrors } from './field.tsx';

const LoraRow = lazyPart(() => import('./lora-row.tsx'));
const LoraDialog = lazyPart(() => import('../dialogs/lora-dialog.tsx'));

/** The chosen LoRAs; hidden where the server has none. */
export function Loras({ model }: { readonly model: Model | undefined }) {
  const texts = useTexts().lora;
  const { loras: known } = useStore(extras);
  const { loras: chosen } = useStore(form);
  const errors = useErrors(['loras']);
  const [isOpen, setOpen] = useState(false);
  if (known.length === 0 && chosen.length === 0) return null;
  const open = () => {
    setOpen(true);
    void loadExtras();
  };
  return (
    <Field
      id="loras"
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
          aria-describedby="loras-help loras-errors"
          onClick={open}
        >
          {texts.add}
        </button>
      }
    >
      {chosen.length === 0 ? (
        <p className="note">{texts.none}</p>
      ) : (
        <ul className="loras">
          {chosen.map((lora) => (
            <li key={lora.name}>
              <Suspense>
                <LoraRow lora={lora} known={known.find(({ name }) => name === lora.name)} />
              </Suspense>
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <Suspense>
          <LoraDialog
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
