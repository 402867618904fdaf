import sharp from 'sharp';
import { expect, test } from 'vitest';
import { hintOf } from '../../src/images/hint.ts';
import { prepareExtension } from '../../src/images/inpaint.ts';
import type { ControlPreprocessing, JobControl } from '../../src/jobs/request.ts';
import { request as settings } from '../jobs/fixtures.ts';

const SIZE = { width: 64, height: 64 };
const EXTEND = { left: 32, top: 0, right: 0, bottom: 16, feather: 0 };
const CANVAS = { width: 96, height: 80 };

/** Black at the left, white at the right. */
const halves = ({ width, height }: { width: number; height: number }): Promise<Buffer> =>
  sharp({ create: { width: width / 2, height, channels: 3, background: 'black' } })
    .extend({ right: width / 2, background: 'white' })
    .png()
    .toBuffer();

const control = (
  how: ControlPreprocessing,
  picture: { width: number; height: number } | null,
): JobControl => ({
  ...{ name: 'edges', file: 'edges.safetensors', sha256: 'a'.repeat(64), kind: 'CONTROLNET' },
  ...{ strength: 1, start: 0, end: 1, how, image: picture && { ...picture, sha256: 'b'.repeat(64) } },
});

/** What the engine is given of these controls, beside a source that is extended. */
async function hints(...controls: JobControl[]) {
  const request = settings({ ...SIZE, extend: EXTEND, controls });
  const { image } = await prepareExtension({ ...request, extend: EXTEND }, await halves(SIZE));
  return Promise.all(
    controls.map(async (control) =>
      hintOf(control, request, { own: control.image && (await halves(control.image)), image }),
    ),
  );
}

test('beside an extended source a control reads the larger canvas, from its own picture as from the source', async () => {
  const [own, source, plain] = await hints(
    control({ preprocessor: 'INVERT' }, { width: 192, height: 160 }),
    control({ preprocessor: 'INVERT' }, null),
    control({ preprocessor: 'NONE' }, { width: 192, height: 160 }),
  );
  expect([own, source]).toMatchObject([CANVAS, CANVAS]);
  expect(plain).toMatchObject({ width: 192, height: 160 });
  const edgeOf = ({ data, width }: { data: Uint8Array; width: number }) =>
    Array.from({ length: width }, (_, x) => data[3 * x]!).findIndex((value, x) => x > 32 && value < 128);
  expect(edgeOf(own!)).toBe(48); // the middle of the canvas: nothing of the picture is cut off
  expect(edgeOf(source!)).toBe(32 + 32); // where the source has it
});
