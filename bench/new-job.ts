import type { NewJob } from '../src/jobs/queue.ts';
import type { Img2ImgSettings } from '../src/jobs/request.ts';

/**
 * An anonymous text-to-image job with euler and cfg 4. `side` is the picture's width and height in pixels.
 */
export const newJob = ({
  side,
  ...request
}: Pick<Img2ImgSettings, 'model' | 'steps'> &
  Partial<Img2ImgSettings> & { readonly side: number }): NewJob => ({
  request: {
    seed: '0',
    batchSize: 1,
    width: side,
    height: side,
    samplerName: 'euler',
    cfg: 4,
    denoiseStrength: 1,
    scheduler: 'normal',
    prompt: 'the sea at sunset',
    negativePrompt: '',
    imageUrl: '',
    resizeMode: 'CROP',
    source: null,
    ...request,
  },
  priority: 0,
  warnings: [],
  owner: '',
  idempotencyKey: null,
});
