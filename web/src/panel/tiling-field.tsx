import type { Tiling } from '../api/generated/graphql.ts';
import { change, form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { canTile } from './request-parts.ts';
import { SelectField } from './select-field.tsx';

const SIDES = ['BOTH', 'HORIZONTAL', 'VERTICAL'] as const satisfies Tiling[];

/** Seamless tiling, where the model supports it. */
export function TilingField({ model: { family } }: { readonly model: Model }) {
  const texts = useTexts().tiling;
  const { tiling } = useStore(form);
  if (!canTile(family)) return null;
  return (
    <SelectField<Tiling | ''>
      id="tiling"
      label={texts.label}
      help={texts.help}
      value={tiling ?? ''}
      choices={[['', texts.none], ...SIDES.map((sides) => [sides, texts.sides[sides]] as const)]}
      onChange={(sides) => {
        change({ tiling: sides === '' ? null : sides });
      }}
    />
  );
}
