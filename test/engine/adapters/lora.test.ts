import { describe, expect, test } from 'vitest';
import { adaptCheckpoint } from '../../../src/engine/adapters/adapt.ts';
import { readLora } from '../../../src/engine/adapters/lora.ts';
import { turnOf } from '../../../src/engine/adapters/rotation.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import type { PartName } from '../../../src/engine/families/family.ts';
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

type Keys = readonly [up: string, down: string];
type NamedLayer = readonly [keys: Keys, part: PartName, key: string, rows?: number];
const peft = (base: string, adapter = ''): Keys => [
  `${base}.lora_B${adapter}.weight`,
  `${base}.lora_A${adapter}.weight`,
];
const ATTENTION = 'input_blocks.1.1.transformer_blocks.0.attn1';
const THEIRS = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1';
const BFL = 'double_blocks.0.img_attn.proj';

/** Names that ComfyUI does not know, by program. */
const OTHER_NAMES: readonly (readonly [model: string, program: string, layers: readonly NamedLayer[]])[] = [
  [
    'sd15',
    'Diffusers trains them',
    [
      [peft(`unet.${THEIRS}.to_q`), 'unet', `${ATTENTION}.to_q.weight`],
      [peft(`unet.${THEIRS}.to_out.0`), 'unet', `${ATTENTION}.to_out.0.weight`],
      [peft('text_encoder.text_model.encoder.layers.0.mlp.fc1'), 'clip_l', 'encoder.layers.0.mlp.fc1.weight'],
    ],
  ],
  ['sd15', 'PEFT does', [[peft(`base_model.model.${THEIRS}.to_v`), 'unet', `${ATTENTION}.to_v.weight`]]],
  [
    'sd15',
    'PEFT does in text encoders',
    [
      [
        peft('base_model.model.text_model.encoder.layers.0.mlp.fc2', '.default'),
        'clip_l',
        'encoder.layers.0.mlp.fc2.weight',
      ],
    ],
  ],
  [
    'sd15',
    'the checkpoint',
    [[peft(`model.diffusion_model.${ATTENTION}.to_k`), 'unet', `${ATTENTION}.to_k.weight`]],
  ],
  [
    'sd15',
    'the checkpoint without its prefix',
    [[peft(`${ATTENTION}.to_k`), 'unet', `${ATTENTION}.to_k.weight`]],
  ],
  ['flux', 'the checkpoint', [[peft(BFL), 'unet', `${BFL}.weight`]]],
  ['flux', 'PEFT does', [[peft('base_model.model.x_embedder', '.mine'), 'unet', 'img_in.weight']]],
  [
    'flux',
    'XLabs does',
    [
      ['double_blocks.0.processor.qkv_lora1', 'double_blocks.0.img_attn.qkv'],
      ['double_blocks.0.processor.proj_lora1', 'double_blocks.0.img_attn.proj'],
      ['double_blocks.1.processor.qkv_lora2', 'double_blocks.1.txt_attn.qkv'],
      ['double_blocks.1.processor.proj_lora2', 'double_blocks.1.txt_attn.proj'],
      ['single_blocks.0.processor.proj_lora', 'single_blocks.0.linear2'],
    ].map(([base, key]): NamedLayer => [
      [`${base!}.up.weight`, `${base!}.down.weight`],
      'unet',
      `${key!}.weight`,
    ]),
  ],
];

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
      { dtype: 'I16', shape: [], bytes: Uint8Array.of(6, 0) },
      { dtype: 'U8', shape: [], bytes: Uint8Array.of(6) },
      { dtype: 'F8_E4M3', shape: [], bytes: Uint8Array.of(0x4c) },
      { dtype: 'F8_E5M2', shape: [], bytes: Uint8Array.of(0x46) },
    ];
    for (const alpha of alphas) {
      const { changes } = await read({ ...pair(base), [`${base}.alpha`]: alpha });
      expect(changes[0]?.change.scale).toBe(3);
    }
    await expect(read({ ...pair(base), [`${base}.alpha`]: f32([2], [6, 6]) })).rejects.toThrow(
      /alpha" has shape \[2\], expected one number/,
    );
  });

  test('has misfits where a rank is 0, and where lengths are those of neither rows nor columns', async () => {
    const [other, base] = [pair(`lora_unet_${LAYER.replace('to_q', 'to_k')}`), `lora_unet_${LAYER}`];
    const empty = ['w1_a', 'w1_b', 'w2_a', 'w2_b'].map((part, i) => [
      `${base}.hada_${part}`,
      f32(i % 2 === 0 ? [32, 0] : [0, 32]),
    ]);
    const layers: Readonly<Record<string, TensorData>>[] = [
      pair(base, [32, 0], [0, 32]),
      { ...pair(base, [32, 0], [0, 32]), [`${base}.alpha`]: f32([], [1]) },
      Object.fromEntries(empty) as Record<string, TensorData>,
      { ...pair(base), [`${base}.dora_scale`]: f32([32, 32]) },
      { ...pair(base), [`${base}.dora_scale`]: f32([1, 31]) },
    ];
    for (const layer of layers) {
      const { changes, misfits } = await read({ ...other, ...layer });
      expect([changes.length, misfits]).toEqual([1, [base]]);
    }
    for (const lengths of [[32, 1], [1, 32], [32]]) {
      const { misfits } = await read({ ...pair(base), [`${base}.dora_scale`]: f32(lengths) });
      expect(misfits).toEqual([]);
    }
  });

  test('whose layers all have other sizes is refused for that', async () => {
    await expect(read(pair(`lora_unet_${LAYER}`, [64, 2], [2, 64]))).rejects.toThrow(
      new CheckpointError(
        `my.safetensors: does not fit sd15-f16.safetensors (sd15): its layers, such as "lora_unet_${LAYER}", ` +
          "have other sizes than the checkpoint's (a LoRA for another model?)",
      ),
    );
  });

  test('has a key without use in the constant of a layer that has none', async () => {
    const base = `lora_unet_${LAYER}`;
    const { ignored, changes } = await read({ ...pair(base), [`${base}.diff_b`]: f32([32]) });
    expect(ignored).toEqual([`${base}.diff_b`]);
    expect(changes).toHaveLength(1);
  });

  test('may have the matrices of GLoRA in either order, of square weights too', async () => {
    const base = `lora_unet_${LAYER}`;
    const [high, wide] = [f32([32, 2]), f32([2, 32])];
    const glora = (a1: TensorData, a2: TensorData, b1: TensorData, b2: TensorData) =>
      read(
        Object.fromEntries(
          Object.entries({ a1, a2, b1, b2 }).map(([name, matrix]) => [`${base}.${name}.weight`, matrix]),
        ),
      );
    for (const [lora, isOld] of [
      [await glora(high, wide, high, wide), false],
      [await glora(wide, high, wide, high), true],
    ] as const)
      expect(lora.changes[0]?.change.delta).toMatchObject({ kind: 'generalised', isOld });
  });

  test.for(OTHER_NAMES)('may call layers of %s as %s', async ([model, , layers]) => {
    const checkpoint = await openGoldenCheckpoint('test/golden', model);
    const tensors: Record<string, TensorData> = {};
    const expected: string[] = [];
    for (const [[up, down], part, key, rows] of layers) {
      const [out, ...inner] = checkpoint.weights(part).get(key).shape as [number, ...number[]];
      tensors[up] = f32([rows ?? out, 1]);
      tensors[down] = f32([1, ...inner]);
      expected.push(key);
    }
    const path = await temporaryFile(safetensors(tensors));
    const { changes, ignored, misfits } = await readLora(path, checkpoint);
    expect(changes.map(({ target }) => target.key).sort()).toEqual(expected.sort());
    expect([ignored, misfits]).toEqual([[], []]);
  });

  test('keeps to the names that ComfyUI knows where they change the network', async () => {
    const known = pair('unet.down_blocks.0.attentions.0.proj_in', [32, 2], [2, 32]);
    const attention = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
    const { changes, ignored } = await read({ ...known, ...pair(attention) });
    expect(changes).toHaveLength(1);
    expect(ignored).toEqual([`${attention}.lora_up.weight`, `${attention}.lora_down.weight`]);
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
