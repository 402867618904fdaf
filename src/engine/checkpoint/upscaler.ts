import { CheckpointError } from '../errors.ts';

import type { SafetensorsFile, TensorWindow } from './safetensors.ts';
import { readWeightFile } from './weight-file.ts';
import { WeightSource } from './weight-source.ts';

/** Architectures of upscalers: ESRGAN's RRDBNet, or Real-ESRGAN's compact network for videos. */
export type UpscalerKind = 'rrdbnet' | 'compact';

/** An opened upscaler: its header is read and checked, no weights are read. */
export interface Upscaler {
  /** The path that was opened. */
  readonly path: string;
  readonly kind: UpscalerKind;
  /** Enlargement factor of each side. */
  readonly scale: number;
  /** Factor of the pixel unshuffle before the first layer; 1 means none. */
  readonly unshuffle: number;
  /** Under Real-ESRGAN's keys, however the file spells them. */
  readonly weights: WeightSource;
}

/** Keys of older layouts, and Real-ESRGAN's. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\./, 'body.$1.rdb$2.conv$3.'],
  [/^model\.1\.sub\.\d+\.(weight|bias)$/, 'conv_body.$1'],
  [/^model\.0\.(weight|bias)$/, 'conv_first.$1'],
  [/^RRDB_trunk\.(\d+)\.RDB(\d)\./, 'body.$1.rdb$2.'],
  [/^trunk_conv\./, 'conv_body.'],
  [/^upconv(\d)\./, 'conv_up$1.'],
  [/^HRconv\./, 'conv_hr.'],
];

/** Key prefixes that trainers use. */
const PREFIXES = ['', 'params_ema.', 'params.', 'state_dict.', 'module.'];

/** Maximum enlargement factor. */
const MAX_SCALE = 16;

/** Opens an upscaler file. Throws CheckpointError for any other file; file system errors pass through. */
export async function openUpscaler(path: string): Promise<Upscaler> {
  const file = await readWeightFile(path);
  const prefix = PREFIXES.find((start) => kindOf(file, start) !== undefined);
  const kind = prefix === undefined ? undefined : kindOf(file, prefix);
  if (prefix === undefined || !kind) {
    const [first = '__metadata__'] = file.tensors.keys();
    throw new CheckpointError(
      `${file.name}: expected an upscaler (RRDBNet of ESRGAN or Real-ESRGAN, or a compact one), ` +
        `found something else (${file.tensors.size} keys, such as "${first}")`,
    );
  }
  const weights = new WeightSource(file.name, prefix, respelled(file, prefix));
  const sizes = kind === 'compact' ? compactSizes(weights) : rrdbSizes(weights);
  if (!Number.isInteger(sizes.scale) || sizes.scale < 1 || sizes.scale > MAX_SCALE)
    throw new CheckpointError(
      `${file.name}: enlarges by a factor of ${sizes.scale}, expected a whole number from 1 to ${MAX_SCALE}`,
    );
  return { path, kind, ...sizes, weights };
}

function kindOf({ tensors }: SafetensorsFile, prefix: string): UpscalerKind | undefined {
  const has = (key: string) => tensors.has(prefix + key);
  if (has('body.0.rdb1.conv1.weight') || has('RRDB_trunk.0.RDB1.conv1.weight')) return 'rrdbnet';
  if (has('model.1.sub.0.RDB1.conv1.0.weight')) return 'rrdbnet';
  const [first, slope] = [tensors.get(`${prefix}body.0.weight`), tensors.get(`${prefix}body.1.weight`)];
  return first?.shape.length === 4 && slope?.shape.length === 1 ? 'compact' : undefined;
}

function respelled({ tensors }: SafetensorsFile, prefix: string): Map<string, TensorWindow> {
  const own = new Map(
    [...tensors].flatMap(([key, window]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), window] as const] : [],
    ),
  );
  const after = numberedLayers([...own.keys()]);
  return new Map(
    [...own].map(([key, window]) => {
      const known = SPELLINGS.find(([pattern]) => pattern.test(key));
      return [
        known
          ? key.replace(...known)
          : key.replace(/^model\.(\d+)\./, (whole, n: string) => after.get(n) ?? whole),
        window,
      ];
    }),
  );
}

/** The layers after the trunk. The oldest layout numbers them without naming them. */
function numberedLayers(keys: readonly string[]): Map<string, string> {
  const numbers = new Set(keys.flatMap((key) => /^model\.(\d+)\.weight$/.exec(key)?.[1] ?? []));
  const sorted = [...numbers]
    .map(Number)
    .filter((n) => n > 1)
    .sort((a, b) => a - b);
  const names = sorted.map((_, i) => `conv_up${i + 1}.`);
  names.splice(-2, 2, 'conv_hr.', 'conv_last.');
  return new Map(sorted.map((n, i) => [String(n), names[i]!]));
}

/**
 * The scale follows from the number of upsampling convolutions, each of which doubles the size, divided by
 * the factor of the pixel unshuffle.
 */
function rrdbSizes(weights: WeightSource): Pick<Upscaler, 'scale' | 'unshuffle'> {
  const [, channels = 0] = weights.get('conv_first.weight').shape;
  const unshuffle = Math.sqrt(channels / 3);
  if (![1, 2, 4].includes(unshuffle))
    throw weights.misshapen('conv_first.weight', '[filters,3 or 12 or 48,3,3]');
  return { scale: 2 ** doublings(weights) / unshuffle, unshuffle };
}

/** How many times an RRDBNet doubles the size. */
export const doublings = (weights: WeightSource): number =>
  [1, 2, 3, 4].filter((n) => weights.has(`conv_up${n}`)).length;

function compactSizes(weights: WeightSource): Pick<Upscaler, 'scale' | 'unshuffle'> {
  const channels = weights.length(`body.${weights.count('body') - 1}.bias`);
  return { scale: Math.sqrt(channels / 3), unshuffle: 1 };
}
