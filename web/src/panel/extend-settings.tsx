import { Suspense, useState } from 'react';
import { extended } from '../jobs/job-size.ts';
import { form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { Errors, useErrors } from './field.tsx';
import { extendIn } from './request-parts.ts';
import type { Size } from './size.ts';

const ExtendFields = lazyPart(() => import('./extend-fields.tsx'));

/** Outpainting; folded. */
export function ExtendSettings({
  address,
  size,
  multiple,
}: {
  readonly address: string;
  readonly size: Size;
  readonly multiple: number;
}) {
  const texts = useTexts();
  const words = texts.extend;
  const present = useStore(form);
  const errors = useErrors(['extend']);
  const extend = extendIn(present);
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || errors.length > 0;
  const whole = extended(size, extend);
  return (
    <details
      className="more extend"
      open={isShown}
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <span className="label">{words.label}</span>
        <span className="note">{extend ? texts.size.pixels(whole.width, whole.height) : words.none}</span>
      </summary>
      {isShown && (
        <Suspense>
          <ExtendFields address={address} size={size} multiple={multiple} />
        </Suspense>
      )}
      <Errors id="extend" errors={errors} />
    </details>
  );
}
