import type { SafetensorsFile } from './safetensors.ts';

/** What the header of a checkpoint says beside its networks. */
export interface CheckpointNotes {
  /** The type that most of its bytes have, such as `f16`; null if it has none. */
  readonly precision: string | null;
  /** Its licence in its author's words; null if it does not say. */
  readonly licence: string | null;
}

export const NO_NOTES: CheckpointNotes = { precision: null, licence: null };

/** Where programs write the licence of a model. */
const LICENCE_KEYS = ['modelspec.license', 'license', 'licence', 'general.license'];

/** Most characters of a licence that are passed on. */
const MAX_LICENCE = 500;

/** Reads the notes off a header. */
export function notesOf({
  tensors,
  metadata,
}: Pick<SafetensorsFile, 'tensors' | 'metadata'>): CheckpointNotes {
  const bytes = new Map<string, number>();
  for (const { dtype, byteLength } of tensors.values())
    bytes.set(dtype, (bytes.get(dtype) ?? 0) + byteLength);
  const [most] = [...bytes].sort(([, a], [, b]) => b - a);
  const licence = LICENCE_KEYS.map((key) => metadata[key]?.trim()).find((text) => text);
  return {
    precision: most?.[0].toLowerCase() ?? null,
    licence: licence?.slice(0, MAX_LICENCE) ?? null,
  };
}
