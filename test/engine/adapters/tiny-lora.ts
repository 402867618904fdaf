import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { encode } from '../checkpoint/encode.ts';
import { STARTER } from '../tasks.ts';

/** How a LoRA for the bundled checkpoint is written. */
export interface TinyLora {
  /** Another seed, other numbers. */
  readonly seed?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of the pairs that change every attention to the text. */
  readonly size?: number;
  /** Of every pair; none if absent. */
  readonly alpha?: number;
  /** Further keys, each a tensor of one number. */
  readonly extra?: readonly string[];
}

/** The bytes of a LoRA file, as kohya's trainer names it, for the bundled checkpoint's UNet and text encoder. */
export async function tinyLora(options: TinyLora = {}): Promise<Buffer> {
  const { seed = 1, metadata, size = 0.3, alpha, extra = [] } = options;
  const checkpoint = await openCheckpoint(STARTER);
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const numbers: number[] = [];
  const add = (key: string, shape: readonly number[], value?: number) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    header[key] = { dtype: 'F32', shape, data_offsets: [4 * numbers.length, 4 * (numbers.length + count)] };
    for (let i = 0; i < count; i++)
      numbers.push(value ?? size * Math.sin(seed * 12.9898 * (numbers.length + 1)));
  };
  const parts = [
    ['unet', 'lora_unet_', /attn2\.to_[qkv]\.weight$/],
    ['clip_l', 'lora_te_text_model_', /mlp\.fc1\.weight$/],
  ] as const;
  for (const [part, prefix, wanted] of parts) {
    const source = checkpoint.weights(part);
    for (const key of source.keys().filter((key) => wanted.test(key))) {
      const [out, width] = source.get(key).shape as [number, number];
      const base = prefix + key.replace(/\.weight$/, '').replaceAll('.', '_');
      add(`${base}.lora_up.weight`, [out, 2]);
      add(`${base}.lora_down.weight`, [2, width]);
      if (alpha !== undefined) add(`${base}.alpha`, [], alpha);
    }
  }
  for (const key of extra) add(key, [1]);
  return encode(JSON.stringify(header), new Uint8Array(Float32Array.from(numbers).buffer));
}
