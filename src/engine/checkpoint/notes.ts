import type { SafetensorsFile } from './safetensors.ts';

/** Information from a checkpoint's header other than its networks. */
export interface CheckpointNotes {
  /** The element type of most of its bytes, such as `f16`; null if it has no tensors. */
  readonly precision: string | null;
  /** Its licence in its author's words; null if not stated. */
  readonly licence: string | null;
}

/** Notes of a checkpoint whose header cannot be read. */
export const NO_NOTES: CheckpointNotes = { precision: null, licence: null };

/** Metadata fields for the licence. */
const LICENCE_KEYS = ['modelspec.license', 'license', 'licence', 'general.license'];

/** Maximum length of a licence text. */
const MAX_LICENCE = 500;

/** Reads precision and licence from a header. */
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
