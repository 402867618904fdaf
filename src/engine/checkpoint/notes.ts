import type { Prediction } from '../families/family.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** Information from a checkpoint's header other than its networks. */
export interface CheckpointNotes {
  /** The element type of most of its bytes, such as `f16`; null if it has no tensors. */
  readonly precision: string | null;
  /** Its licence in its author's words; null if not stated. */
  readonly licence: string | null;
}

/** What only its networks tell of a checkpoint. */
export interface NetworkFacts {
  /** Why its jobs would fail though its files are sound; absent if nothing is known. */
  readonly hindrance?: string | undefined;
  /** Widths of the tokens of its text encoders. */
  readonly textWidths?: readonly number[];
  readonly prediction?: Prediction;
  /** Whether its network takes a latent and nothing beside it, such as a mask. */
  readonly takesLatentAlone?: boolean;
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
