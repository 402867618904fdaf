import type { Tiling } from '../api/generated/graphql.ts';
import { change, form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { described, Field, useErrors } from './field.tsx';
import { canTile } from './request-parts.ts';
import { clearErrors } from './submit.ts';

const SIDES = ['BOTH', 'HORIZONTAL', 'VERTICAL'] as const satisfies Tiling[];

/** Which sides of the picture join, where the model can do that. */
export function TilingField({ model: { family } }: { readonly model: Model }) {
  const texts = useTexts().tiling;
  const { tiling } = useStore(form);
  const errors = useErrors(['tiling']);
  if (!canTile(family)) return null;
  return (
    <Field id="tiling" label={texts.label} help={texts.help} errors={errors}>
      <select
        id="tiling"
        value={tiling ?? ''}
        {...described('tiling', errors)}
        onChange={({ target: { value } }) => {
          clearErrors('tiling');
          change({ tiling: value === '' ? null : (value as Tiling) });
        }}
      >
        <option value="">{texts.none}</option>
        {SIDES.map((sides) => (
          <option key={sides} value={sides}>
            {texts.sides[sides]}
          </option>
        ))}
      </select>
    </Field>
  );
}
