import { describe, expect, it } from 'vitest';
import { smallPicture } from '../../web/src/jobs/preview-opacity.ts';

const after = (step: number) => ({ step, dataUri: `data:step-${step}` });

describe('the small picture of a job that is not done', () => {
  it('is the source while previews are mostly noise, then the preview', () => {
    const shown = [undefined, after(1), after(2), after(3)].map((preview) =>
      smallPicture({ totalSteps: 20 }, preview, 'source.png'),
    );
    expect(shown).toEqual(['source.png', 'source.png', 'source.png', 'data:step-3']);
  });

  it('is every preview where there is no source, or where few steps run', () => {
    expect(smallPicture({ totalSteps: 20 }, after(1), null)).toBe('data:step-1');
    expect(smallPicture({ totalSteps: 4 }, after(1), 'source.png')).toBe('data:step-1');
    expect(smallPicture({ totalSteps: 20 }, undefined, null)).toBeNull();
  });
});
