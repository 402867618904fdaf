import type { Decoder } from '../api/generated/graphql.ts';
import { change, form } from '../state/form.ts';
import { extras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { described, Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

const DECODERS = ['VAE', 'TAESD'] as const satisfies Decoder[];

/** What makes the picture, where the server has a tiny decoder for this family. */
export function DecoderField({ family }: { readonly family: Model['family'] }) {
  const texts = useTexts().decoder;
  const { vaes } = useStore(extras);
  const { decoder } = useStore(form);
  const errors = useErrors(['decoder']);
  const isThere = vaes.some(
    ({ decoder: kind, families, problem }) =>
      kind === 'TAESD' && problem == null && family != null && families.includes(family),
  );
  if (!isThere && decoder !== 'TAESD') return null;
  return (
    <Field id="decoder" label={texts.label} help={texts.help} errors={errors}>
      <select
        id="decoder"
        value={decoder ?? 'VAE'}
        {...described('decoder', errors)}
        onChange={({ target: { value } }) => {
          clearErrors('decoder');
          change({ decoder: value === 'TAESD' ? value : null });
        }}
      >
        {DECODERS.map((kind) => (
          <option key={kind} value={kind}>
            {texts.names[kind]}
          </option>
        ))}
      </select>
    </Field>
  );
}
