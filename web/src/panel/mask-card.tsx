import { Suspense, useState } from 'react';
import { takeMask, type Source } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { Errors, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

const MaskSettings = lazyPart(() => import('./mask-settings.tsx'));
const MaskDialog = lazyPart(() => import('../mask/mask-dialog.tsx'));

/** The mask of the source: add, edit, remove, and its settings. */
export function MaskCard({ source }: { readonly source: Source }) {
  const texts = useTexts().mask;
  const [isOpen, setOpen] = useState(false);
  const errors = useErrors(['mask']);
  const { mask } = source;
  return (
    <div className="mask-card" role="group" aria-label={texts.label} aria-describedby="mask-errors">
      <p className="links">
        <button
          type="button"
          className="link"
          aria-haspopup="dialog"
          data-invalid={errors.length > 0 || undefined}
          onClick={() => {
            setOpen(true);
          }}
        >
          {mask ? texts.edit : texts.paint}
        </button>
        {mask && (
          <button
            type="button"
            className="link"
            onClick={() => {
              clearErrors('mask');
              takeMask(null);
            }}
          >
            {texts.remove}
          </button>
        )}
      </p>
      {mask && <p className="note">{texts.note}</p>}
      {mask && (
        <Suspense>
          <MaskSettings />
        </Suspense>
      )}
      <Errors id="mask" errors={errors} />
      {isOpen && (
        <Suspense>
          <MaskDialog
            source={source}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
