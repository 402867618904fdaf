import type { JobExtend } from '../jobs/request.ts';
import { EXTEND_DEFAULTS, EXTEND_LIMITS } from '../resolvers/parse-size-changes.ts';
import type { Builder } from './builder.ts';

type Side = 'left' | 'top' | 'right' | 'bottom';

/** ExtendInput, and what a job remembers of it. */
export function addExtend(builder: Builder) {
  const [least, most] = EXTEND_LIMITS.side;
  const Input = builder.inputType('ExtendInput', {
    description:
      'Extends the source, fitted to `width` and `height`, beyond its sides. What is kept of it stays as it is, byte for byte. ' +
      'Not with `mask` or `upscale`.',
    fields: (t) => {
      const side = (name: Side) =>
        t.int({
          defaultValue: EXTEND_DEFAULTS[name],
          description: `Pixels to add at this side, ${least} to ${most}, a multiple of 8 (16 for FLUX).`,
        });
      return {
        left: side('left'),
        top: side('top'),
        right: side('right'),
        bottom: side('bottom'),
        feather: t.int({
          defaultValue: EXTEND_DEFAULTS.feather,
          description: `Pixels over which the new area fades into the source, ${EXTEND_LIMITS.feather.join(' to ')}.`,
        }),
      };
    },
  });

  const Extend = builder.objectRef<JobExtend>('JobExtend').implement({
    description: 'What a job adds around its source, in pixels.',
    fields: (t) => ({
      left: t.exposeInt('left', { description: 'At the left.' }),
      top: t.exposeInt('top', { description: 'Above.' }),
      right: t.exposeInt('right', { description: 'At the right.' }),
      bottom: t.exposeInt('bottom', { description: 'Below.' }),
      feather: t.exposeInt('feather', { description: 'Over which it fades into the source.' }),
    }),
  });
  return { ExtendInput: Input, JobExtend: Extend };
}
