import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import type { DType } from '../../../src/engine/checkpoint/safetensors.ts';
import { checkNetworks } from '../../../src/engine/networks/check.ts';
import { encode } from './encode.ts';
import { readTensors } from './repack.ts';
import { safetensors, temporaryFile, type TensorData } from './safetensors-file.ts';

const SD15 = 'test/golden/checkpoints/sd15-f16.safetensors';
const LAYER = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k';
const INNER = 'input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight';

const text = (value: unknown): TensorData => {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { dtype: 'U8', shape: [bytes.length], bytes };
};

/** SD1.5 with one layer in bytes of type `dtype`, a factor, and `more`. */
async function withLayer(
  dtype: DType,
  more: Record<string, TensorData> = {},
  metadata?: string,
): Promise<string> {
  const tensors = await readTensors(SD15);
  const { shape } = tensors[`${LAYER}.weight`]!;
  const bytes = safetensors({
    ...tensors,
    [`${LAYER}.weight`]: { dtype, shape, bytes: new Uint8Array(shape[0]! * shape[1]!).fill(0x38) },
    [`${LAYER}.weight_scale`]: { dtype: 'F32', shape: [] },
    ...more,
  });
  if (metadata === undefined) return temporaryFile(bytes);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as object;
  const withMetadata = { __metadata__: { _quantization_metadata: metadata }, ...header };
  return temporaryFile(encode(JSON.stringify(withMetadata), Uint8Array.from(bytes.subarray(8 + length))));
}

const problemOf = async (path: string) => (await inspectCheckpoint(path, checkNetworks)).problem;
const noted = (note: unknown) => ({ [`${LAYER}.comfy_quant`]: text(note) });
const metadata = (note: unknown) => JSON.stringify({ format_version: '1.0', layers: { [LAYER]: note } });

describe('8-bit floats in a container of bytes', () => {
  test.for([
    ['float8_e4m3fn', 'F8_E4M3'],
    ['float8_e5m2', 'F8_E5M2'],
  ] as const)(
    'are %s where a note says so, among the tensors or in the metadata',
    async ([format, dtype]) => {
      const note = { format, full_precision_matrix_mult: true };
      const paths = [await withLayer('U8', noted(note)), await withLayer('U8', {}, metadata(note))];
      for (const path of paths) {
        expect(await problemOf(path)).toBeNull();
        expect((await openCheckpoint(path)).weights('unet').get(INNER).dtype).toBe(dtype);
      }
    },
  );

  test('are no weights without a note', async () => {
    expect(await problemOf(await withLayer('U8'))).toMatch(
      /to_k\.weight" has dtype U8, expected .*: use an f32/,
    );
  });

  test.for<[string, DType, unknown, RegExp]>([
    [
      'another format',
      'U8',
      { format: 'nvfp4' },
      /is quantised as "nvfp4", expected float8_e4m3fn or .*: use an/,
    ],
    ['integers', 'I8', { format: 'int8_tensorwise' }, /is quantised as "int8_tensorwise"/],
    [
      'rotated weights',
      'F8_E4M3',
      { format: 'float8_e4m3fn', convrot: true },
      /is marked "convrot", which is not/,
    ],
    ['groups', 'U8', { format: 'float8_e4m3fn', group_size: 64 }, /is marked "group_size"/],
    [
      'another type than it is',
      'F8_E5M2',
      { format: 'float8_e4m3fn' },
      /has dtype F8_E5M2, but its note says F8_E4M3/,
    ],
    ['no format', 'U8', {}, /is quantised as an unknown format/],
    ['a name from the prototype', 'U8', { format: 'constructor' }, /is quantised as "constructor"/],
    ['a list', 'U8', [1], /has a quantisation note that is not an object/],
    ['nothing that is JSON', 'U8', '{', /is not JSON/],
    ['far too much', 'U8', 'x'.repeat(20_000), /comfy_quant" has 20000 bytes, expected at most 10000/],
  ])('are refused where the note has %s', async ([, dtype, note, message]) => {
    expect(await problemOf(await withLayer(dtype, noted(note)))).toMatch(message);
    if (typeof note === 'object')
      expect(await problemOf(await withLayer(dtype, {}, metadata(note)))).toMatch(message);
  });

  test.for(['{', '[]', '{"layers":[]}', 'null'])('are refused where the metadata is %s', async (value) => {
    expect(await problemOf(await withLayer('U8', {}, value))).toMatch(/"_quantization_metadata"/);
  });
});

describe('integers', () => {
  test.for<DType>(['I8', 'U8', 'I16', 'U16', 'I32', 'U32', 'I64', 'U64', 'BOOL'])(
    'of type %s are never weights',
    async (dtype) => {
      const tensors = await readTensors(SD15);
      for (const key of [
        `${LAYER}.weight`,
        'cond_stage_model.transformer.text_model.final_layer_norm.bias',
      ]) {
        const { shape } = tensors[key]!;
        const path = await temporaryFile(safetensors({ ...tensors, [key]: { dtype, shape } }));
        expect(await problemOf(path)).toMatch(`"${key}" has dtype ${dtype}, expected`);
      }
    },
  );
});
