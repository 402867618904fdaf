import { posix } from 'node:path';
import type { ControlPreprocessing, Img2ImgSettings } from '../jobs/request.ts';
import { blurNode } from './comfy-mask.ts';
import type { Node, Output } from './comfy-nodes.ts';
import { UNION_TYPES } from './settings/controls.ts';

/** Where the conditioning of both prompts comes from. */
export type Prompts = Readonly<Record<'positive' | 'negative', Output>>;

/** Each control adds to the conditioning that the one before gives. Which file its picture was is for the reader to say. */
export function controlsOf({ controls = [] }: Img2ImgSettings, prompts: Prompts): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const [i, { file, strength, start, end, how, image, mode }] of controls.entries()) {
    const n = i + 1;
    let picture: Output = ['fit', 0];
    if (image) {
      const values = { image: `control${n}.png` };
      nodes.set(`picture${n}`, { type: 'LoadImage', values, outputs: ['IMAGE', 'MASK'] });
      picture = [`picture${n}`, 0];
    }
    const prepared = preparedBy(how, picture);
    if (prepared) {
      nodes.set(`prepared${n}`, prepared);
      picture = [`prepared${n}`, 0];
    }
    nodes.set(`control${n}`, {
      type: 'ControlNetLoader',
      values: { control_net_name: posix.basename(file) },
      outputs: ['CONTROL_NET'],
    });
    if (mode)
      nodes.set(`kind${n}`, {
        type: 'SetUnionControlNetType',
        links: { control_net: [`control${n}`, 0] },
        values: { type: UNION_TYPES[mode] },
        outputs: ['CONTROL_NET'],
      });
    nodes.set(`apply${n}`, {
      type: 'ControlNetApplyAdvanced',
      links: {
        ...conditioningAfter(i, prompts),
        control_net: [mode ? `kind${n}` : `control${n}`, 0],
        image: picture,
      },
      values: { strength, start_percent: start, end_percent: end },
      outputs: ['CONDITIONING', 'CONDITIONING'],
    });
  }
  return nodes;
}

/** A preprocessor that ComfyUI has; undefined: none, or one that the notes name. */
function preparedBy(how: ControlPreprocessing, image: Output): Node | undefined {
  if (how.preprocessor === 'INVERT')
    return { type: 'ImageInvert', links: { image }, values: {}, outputs: ['IMAGE'] };
  if (how.preprocessor === 'BLUR') return blurNode(image, how.blur);
  if (how.preprocessor !== 'CANNY') return undefined;
  // Gradients there are of values from 0 to 1.
  const threshold = (gradient: number) => Math.min(0.99, Math.max(0.01, gradient / 255));
  const values = { low_threshold: threshold(how.low), high_threshold: threshold(how.high) };
  return { type: 'Canny', links: { image }, values, outputs: ['IMAGE'] };
}

/** What comes out of the prompts, or of the last of so many controls. */
export const conditioningAfter = (controls: number, prompts: Prompts): Prompts =>
  controls === 0 ? prompts : { positive: [`apply${controls}`, 0], negative: [`apply${controls}`, 1] };
