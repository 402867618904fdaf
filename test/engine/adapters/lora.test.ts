import { describe, expect, test } from 'vitest';
import { adaptCheckpoint } from '../../../src/engine/adapters/adapt.ts';
import { readLora } from '../../../src/engine/adapters/lora.ts';
import { turnOf } from '../../../src/engine/adapters/rotation.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { openGoldenCheckpoint } from '../../conformance/checkpoints.ts';
import { safetensors, temporaryFile, type TensorData } from '../checkpoint/safetensors-file.ts';

const f32 = (shape: readonly number[], values?: readonly number[]): TensorData => ({
  dtype: 'F32',
  shape,
  ...(values && { bytes: new Uint8Array(Float32Array.from(values).buffer) }),
});

const sd15 = openGoldenCheckpoint('test/golden', 'sd15');

const read = async (tensors: Readonly<Record<string, TensorData>>) =>
  readLora(await temporaryFile(safetensors(tensors), 'my.safetensors'), await sd15);

/** A LoRA of one layer [32,32] of the golden UNet. */
const LAYER = 'input_blocks_1_1_transformer_blocks_0_attn1_to_q';
const pair = (base: string, up = [32, 2], down = [2, 32]) => ({
  [`${base}.lora_up.weight`]: f32(up),
  [`${base}.lora_down.weight`]: f32(down),
});

describe('a LoRA file', () => {
  test('of which one half of a pair is missing is refused by the name of that half', async () => {
    const key = `lora_unet_${LAYER}.lora_up.weight`;
    await expect(read({ [key]: f32([32, 2]) })).rejects.toThrow(
      new CheckpointError(`my.safetensors: "lora_unet_${LAYER}.lora_down.weight" is missing`),
    );
  });

  test('that does not fit the checkpoint is refused by the names of both and one of its keys', async () => {
    await expect(read(pair('lora_unet_double_blocks_0_img_attn_qkv'))).rejects.toThrow(
      /^my\.safetensors: does not fit sd15-f16\.safetensors \(sd15\): none of its 2 tensors, such as "lora_unet_double/,
    );
  });

  test('names what it does not know, what does not fit, and which of two names for a weight loses', async () => {
    const lora = await read({
      ...pair(`lora_unet_${LAYER}`),
      ...pair('unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q'),
      ...pair('lora_unet_middle_block_1_proj_in', [64, 2], [2, 63]),
      'lora_unet_nowhere.alpha': f32([], [1]),
    });
    expect(lora.overridden).toEqual([`lora_unet_${LAYER}`]);
    expect(lora.misfits).toEqual(['lora_unet_middle_block_1_proj_in']);
    expect(lora.ignored).toEqual(['lora_unet_nowhere.alpha']);
    expect(lora.changes.map(({ target }) => target.key)).toEqual([
      'input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight',
    ]);
  });

  test('may hold an alpha of any float or integer type, but of one number only', async () => {
    const base = `lora_unet_${LAYER}`;
    const alphas: TensorData[] = [
      f32([], [6]),
      f32([1], [6]),
      { dtype: 'F16', shape: [], bytes: Uint8Array.of(0x00, 0x46) },
      { dtype: 'BF16', shape: [], bytes: Uint8Array.of(0xc0, 0x40) },
      { dtype: 'I64', shape: [], bytes: Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0) },
    ];
    for (const alpha of alphas) {
      const { changes } = await read({ ...pair(base), [`${base}.alpha`]: alpha });
      expect(changes[0]?.change.scale).toBe(3);
    }
    await expect(read({ ...pair(base), [`${base}.alpha`]: f32([2], [6, 6]) })).rejects.toThrow(
      /alpha" has shape \[2\], expected one number/,
    );
  });

  test('of integers is refused', async () => {
    const quantised: TensorData = { dtype: 'I8', shape: [32, 2] };
    const layer = { ...pair(`lora_unet_${LAYER}`), [`lora_unet_${LAYER}.lora_up.weight`]: quantised };
    await expect(read(layer)).rejects.toThrow(/lora_up\.weight" has dtype I8, expected/);
  });
});

describe('an adapted checkpoint', () => {
  test('tells parts apart by what really changes them', async () => {
    const checkpoint = await sd15;
    const lora = await read(pair(`lora_unet_${LAYER}`));
    const name = (strength: number, textStrength: number, state = 'a') => {
      const adapted = adaptCheckpoint(checkpoint, [{ lora, state, strength, textStrength }]);
      return (['unet', 'clip_l', 'vae'] as const).map((part) => adapted.weights(part).changeName);
    };
    const [unet, ...others] = name(1, 1);
    expect(unet).not.toBe('');
    expect(others).toEqual(['', '']);
    expect(name(1, 0)).toEqual([unet, '', '']);
    expect(name(0, 1)).toEqual(['', '', '']);
    expect(name(0.5, 1)[0]).not.toBe(unet);
    expect(name(1, 1, 'b')[0]).not.toBe(unet);
  });

  test('a replaced weight is left out of its strength, unless both are zero', async () => {
    const checkpoint = await sd15;
    const lora = await read({ [`lora_unet_${LAYER}.set_weight`]: f32([32, 32]) });
    const changes = (strength: number, textStrength: number) =>
      adaptCheckpoint(checkpoint, [{ lora, state: '', strength, textStrength }])
        .weights('unet')
        .changesOf(lora.changes[0]!.target.key).length;
    expect([changes(1, 1), changes(0, 1), changes(0, 0)]).toEqual([1, 1, 0]);
  });
});

test("Cayley's transform turns without stretching, and no further than its limit", () => {
  const blocks = Float64Array.from({ length: 2 * 9 }, (_, i) => Math.sin(7 * i));
  const turn = turnOf(blocks, [2, 3], 0);
  for (let block = 0; block < 2; block++) {
    const r = (row: number, column: number) => turn[9 * block + 3 * row + column]! + Number(row === column);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const product = [0, 1, 2].reduce((sum, k) => sum + r(i, k) * r(j, k), 0);
        expect(product).toBeCloseTo(Number(i === j), 5);
      }
    }
  }
  const limited = turnOf(blocks, [2, 3], 1e-4);
  expect(Math.max(...limited.map(Math.abs))).toBeLessThan(3e-4);
  expect(Math.max(...limited.map(Math.abs))).toBeGreaterThan(0);
});
