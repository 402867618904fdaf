import '../../src/engine/runtime/no-telemetry.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import { DATA, type Side, type Truth } from './truth.ts';

const SIDE = 64;

/** The thing that a picture shows, and its side. */
export interface Verdict {
  readonly thing: string;
  readonly side: Side;
}

/**
 * The classifier of tools/starter/judge.py, trained on pictures that neither the model nor the bench uses.
 */
export async function openJudge({ things }: Truth): Promise<(picture: RgbImage) => Promise<Verdict>> {
  const session = await InferenceSession.create(join(DATA, 'judge.onnx'));
  return async ({ data, width, height }) => {
    const small = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(SIDE, SIDE, { kernel: 'linear' })
      .raw()
      .toBuffer();
    const pixels = new Tensor(
      'float32',
      Float32Array.from(small, (value) => value / 255),
      [1, SIDE, SIDE, 3],
    );
    const outputs = await session.run({ pixels });
    const logits = (name: string) => [...(outputs[name]!.data as Float32Array)];
    const largest = (values: number[]) => values.indexOf(Math.max(...values));
    return {
      thing: things[largest(logits('thing'))]!,
      side: largest(logits('side')) === 1 ? 'right' : 'left',
    };
  };
}
