import type { Decoder } from '../api/generated/graphql.ts';
import { change, form } from '../state/form.ts';
import { extras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { SelectField } from './select-field.tsx';

const DECODERS = ['VAE', 'TAESD'] as const satisfies Decoder[];

/** VAE or tiny decoder, if one is installed for this family. */
export function DecoderField({ family }: { readonly family: Model['family'] }) {
  const texts = useTexts().decoder;
  const { vaes } = useStore(extras);
  const { decoder } = useStore(form);
  const isThere = vaes.some(
    ({ decoder: kind, families, problem }) =>
      kind === 'TAESD' && problem == null && family != null && families.includes(family),
  );
  if (!isThere && decoder !== 'TAESD') return null;
  return (
    <SelectField
      id="decoder"
      label={texts.label}
      help={texts.help}
      value={decoder ?? 'VAE'}
      choices={DECODERS.map((kind) => [kind, texts.names[kind]] as const)}
      onChange={(kind) => {
        change({ decoder: kind === 'TAESD' ? kind : null });
      }}
    />
  );
}
