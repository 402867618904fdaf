import { describe, expect, it } from 'vitest';
import { readEmbedding, vectorsFor } from '../../../src/engine/adapters/embedding.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';
import { op, tensor, torchArchive } from './torch-archive.ts';

const f32 = (...values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer);

const torchFile = (value: Buffer, storages: Readonly<Record<string, Buffer>> = {}) =>
  temporaryFile(torchArchive({ 'data.pkl': op.program(value), ...storages }), 'tiny.pt');

const refusal = async (path: string): Promise<string> => {
  const error: unknown = await readEmbedding(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CheckpointError);
  return (error as Error).message;
};

describe('a .safetensors file', () => {
  it('gives its tables the names of the encoders where a script of Diffusers has numbered them', async () => {
    const file = await temporaryFile(
      safetensors({
        text_encoders_0: { dtype: 'F32', shape: [1, 2], bytes: f32(1, 2) },
        text_encoders_1: { dtype: 'F32', shape: [1, 3], bytes: f32(3, 4, 5) },
      }),
    );
    const embedding = await readEmbedding(file);
    expect(vectorsFor(embedding, 'clip_l', 2)).toEqual([Float32Array.of(1, 2)]);
    expect(vectorsFor(embedding, 'clip_g', 3)).toEqual([Float32Array.of(3, 4, 5)]);
  });

  it('is refused where it is another kind of file, has no vectors, or integers for numbers', async () => {
    const f32Of = (...shape: number[]) => ({ dtype: 'F32' as const, shape });
    const lora = { 'lora_te_x.lora_down.weight': f32Of(2, 4), 'lora_te_x.lora_up.weight': f32Of(4, 2) };
    const checkpoint = Object.fromEntries(
      ['model.diffusion_model.a', 'cond_stage_model.b'].map((key) => [key, f32Of(2, 2)]),
    );
    for (const [tensors, problem] of [
      [lora, 'expected a textual inversion, found a LoRA'],
      [checkpoint, 'expected a textual inversion, found 2 tensors, such as "cond_stage_model.b"'],
      [{ emb_params: f32Of(0, 4) }, 'it has a table of 0 vectors of 4 numbers, expected at least one'],
      [{ emb_params: f32Of(4, 0) }, 'it has a table of 4 vectors of 0 numbers, expected at least one'],
      [{ emb_params: { dtype: 'I8' as const, shape: [1, 4] } }, '"emb_params" has dtype I8'],
    ] as const)
      expect(await refusal(await temporaryFile(safetensors(tensors)))).toContain(problem);
  });

  it('gives each text encoder the table of its name, and the first of all where there is none', async () => {
    const file = await temporaryFile(
      safetensors({
        clip_l: { dtype: 'F32', shape: [1, 2], bytes: f32(1, 2) },
        clip_g: { dtype: 'F32', shape: [1, 3], bytes: f32(3, 4, 5) },
      }),
    );
    const embedding = await readEmbedding(file);
    expect(vectorsFor(embedding, 'clip_l', 2)).toEqual([Float32Array.of(1, 2)]);
    expect(vectorsFor(embedding, 'clip_g', 3)).toEqual([Float32Array.of(3, 4, 5)]);
    expect(vectorsFor(embedding, 't5xxl', 3)).toEqual([Float32Array.of(3, 4, 5)]);
  });

  it('gives one vector for a tensor of one dimension, whatever its name, and widens half precision', async () => {
    const bytes = Buffer.from(Uint16Array.of(0x3c00, 0xc000).buffer);
    const file = await temporaryFile(safetensors({ any: { dtype: 'F16', shape: [2], bytes } }));
    expect(vectorsFor(await readEmbedding(file), 'clip_l', 768)).toEqual([Float32Array.of(1, -2)]);
  });

  it.each([
    [
      'more vectors than a prompt should hold',
      { e: { dtype: 'F32', shape: [226, 1] } },
      'has 226 vectors, expected at most 225',
    ],
    [
      'a vector that is too long',
      { e: { dtype: 'F16', shape: [1, 8193] } },
      '8193 numbers, expected at most 8192',
    ],
    ['no table of vectors', { e: { dtype: 'F32', shape: [1, 1, 1] } }, 'found no table of vectors'],
    ['NaN', { e: { dtype: 'F32', shape: [1], bytes: f32(NaN) } }, 'not finite'],
  ] as const)('is refused with %s', async (_what, tensors, message) => {
    expect(await refusal(await temporaryFile(safetensors(tensors)))).toContain(message);
  });
});

describe('a file of torch.save', () => {
  it('is refused before its numbers are read where it has more of them than an embedding', async () => {
    const table = (shape: number[]) => tensor('HalfStorage', '0', shape, shape.length === 1 ? [1] : [0, 1]);
    const remembered = Buffer.concat([op.dictionary(op.text('x'), table([2, 2])), Buffer.from([0x71, 1])]);
    const again = Array.from({ length: 50_000 }, () => Buffer.from([0x68, 1]));
    const storage = { 'data/0': Buffer.alloc(2 ** 16) };
    for (const [value, message] of [
      [op.list(remembered, ...again), '50001 tables of vectors, expected at most 32'],
      [op.dictionary(op.text('x'), table([250, 2])), '250 vectors, expected at most 225'],
    ] as const) {
      expect(await refusal(await torchFile(value, storage))).toContain(message);
    }
  });

  it("is read as A1111's string_to_param, of which the first counts", async () => {
    const params = op.dictionary(
      op.text('*'),
      tensor('FloatStorage', '0', [2, 2], [2, 1]),
      op.text('x'),
      op.int(1),
    );
    const file = await torchFile(
      op.dictionary(op.text('string_to_param'), params, op.text('step'), op.int(5)),
      {
        'data/0': f32(1, 2, 3, 4),
      },
    );
    expect(vectorsFor(await readEmbedding(file), 'clip_l', 9)).toEqual([
      Float32Array.of(1, 2),
      Float32Array.of(3, 4),
    ]);
  });

  it('is read as a dictionary of tensors, as parameters, and along their strides', async () => {
    const parameter = op.call(
      op.global('torch._utils', '_rebuild_parameter'),
      op.tuple(
        tensor('FloatStorage', '0', [2, 2], [1, 2], 1),
        Buffer.from([0x89]),
        op.call(op.global('collections', 'OrderedDict'), Buffer.from(')')),
      ),
    );
    const file = await torchFile(op.dictionary(op.text('<cat>'), parameter), {
      'data/0': f32(0, 1, 2, 3, 4),
    });
    expect(vectorsFor(await readEmbedding(file), 'clip_l', 2)).toEqual([
      Float32Array.of(1, 3),
      Float32Array.of(2, 4),
    ]);
  });

  it('is read as a list, of which each encoder takes what has its width', async () => {
    const table = (storage: string, width: number) =>
      op.dictionary(op.text('*'), tensor('FloatStorage', storage, [1, width], [width, 1]));
    const file = await torchFile(op.list(table('0', 1), table('1', 2)), {
      'data/0': f32(7),
      'data/1': f32(8, 9),
    });
    const embedding = await readEmbedding(file);
    expect(vectorsFor(embedding, 'clip_l', 1)).toEqual([Float32Array.of(7)]);
    expect(vectorsFor(embedding, 'clip_g', 2)).toEqual([Float32Array.of(8, 9)]);
    expect(vectorsFor(embedding, 't5xxl', 3)).toEqual([]);
  });

  it.each([
    ['a call of the system', op.call(op.global('os', 'system'), op.tuple(op.text('true'))), '"os.system"'],
    [
      'a call by a name from the stack',
      Buffer.concat([op.text('builtins'), op.text('eval'), Buffer.from([0x93])]),
      '"builtins.eval"',
    ],
    [
      'an object of a class',
      Buffer.concat([
        op.global('torch.nn.modules.container', 'ParameterDict'),
        Buffer.from(')'),
        Buffer.from([0x81]),
      ]),
      'ParameterDict',
    ],
    ['an operation that makes objects', Buffer.concat([Buffer.from(')'), Buffer.from('o')]), '0x6f'],
    [
      'a call of a tensor type',
      op.call(op.global('torch', 'FloatStorage'), op.tuple(op.int(1))),
      'neither a tensor nor a dictionary',
    ],
    ['a value where there is none', Buffer.from('s'), 'from an empty stack'],
    ['a memory that it never had', Buffer.from([0x68, 9]), 'never stored'],
    ['a text that is not there', Buffer.from([0x58, 255, 255, 255, 255]), 'is truncated'],
    [
      'items of a list',
      Buffer.concat([Buffer.from(']'), op.int(1), op.int(2), Buffer.from('s')]),
      'other than a dictionary',
    ],
    ['a tensor of negative size', tensor('FloatStorage', '0', [-1], [1]), 'unexpected arguments'],
  ])('is refused for %s, and nothing is run', async (_what, value, message) => {
    expect(await refusal(await torchFile(value))).toContain(message);
  });

  it.each([
    ['reaches beyond its storage', tensor('FloatStorage', '0', [2], [1]), 'beyond its storage'],
    ['starts beyond its storage', tensor('FloatStorage', '0', [1], [1], 5), 'beyond its storage'],
    ['repeats a value without end', tensor('FloatStorage', '0', [225, 225], [0, 0]), 'beyond its storage'],
    ['has no storage', tensor('FloatStorage', '7', [1], [1]), 'no storage'],
    ['has a type that is no number', tensor('BoolStorage', '0', [1], [1]), 'BoolStorage'],
  ])('is refused for a tensor that %s', async (_what, value, message) => {
    const file = await torchFile(op.dictionary(op.text('x'), value), { 'data/0': f32(1) });
    expect(await refusal(file)).toContain(message);
  });

  it.each([
    ['a legacy pickle', Buffer.concat([Buffer.from([0x80, 2]), Buffer.alloc(100, 0x4e)]), 'PyTorch file'],
    [
      'a compressed archive',
      torchArchive({ 'data.pkl': op.program(op.int(1)) }, 8),
      'uncompressed torch.save archive',
    ],
    ['another archive', torchArchive({ 'x.txt': Buffer.from('x') }), 'uncompressed torch.save archive'],
    ['a web page', Buffer.from('<html></html>'), 'web page'],
    ['nothing', Buffer.alloc(0), 'an empty file'],
  ])('is refused if it is %s', async (_what, bytes, message) => {
    const said = await refusal(await temporaryFile(bytes, 'tiny.bin'));
    expect(said).toContain(message);
    expect(said).toContain('.safetensors');
  });
});
