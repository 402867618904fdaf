import { Suspense } from 'react';
import { change, form, type Form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { Errors, useErrors } from './field.tsx';
import { validSide, type Size } from './size.ts';
import { clearErrors } from './submit.ts';

const SecondPassFields = lazyPart(() => import('./second-pass-fields.tsx'));

/** Initial factor of the second pass. */
const FIRST_FACTOR = 2;

/** The second pass (hires fix); folded. */
export function SecondPass({ size, multiple }: { readonly size: Size; readonly multiple: number }) {
  const texts = useTexts();
  const words = texts.upscale;
  const present = useStore(form);
  const errors = useErrors(['upscale']);
  const { upscaleBy: by } = present;
  const set = (fields: Partial<Form>) => {
    clearErrors('upscale');
    change(fields);
  };
  const large = (side: number) => validSide(side * (by ?? 1), multiple);
  const summary =
    by === null ? words.none : words.summary(texts.size.pixels(large(size.width), large(size.height)));
  return (
    <details className="more second-pass" open={errors.length > 0 || undefined}>
      <summary>
        <span className="label">{words.label}</span>
        <span className="note">{summary}</span>
      </summary>
      <div className="more-fields">
        <label className="check">
          <input
            type="checkbox"
            checked={by !== null}
            data-invalid={errors.length > 0 || undefined}
            aria-describedby="upscale-errors"
            onChange={({ target }) => {
              set({ upscaleBy: target.checked ? FIRST_FACTOR : null });
            }}
          />
          {words.use}
        </label>
        {by !== null && (
          <Suspense>
            <SecondPassFields by={by} present={present} set={set} />
          </Suspense>
        )}
      </div>
      <Errors id="upscale" errors={errors} />
    </details>
  );
}
