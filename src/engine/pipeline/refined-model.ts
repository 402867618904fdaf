import { CheckpointError } from '../errors.ts';
import type { DiffusionModel, PromptPair } from './model.ts';
import { shortcutsOf } from './shortcuts.ts';

/**
 * A model whose runs are finished by another one: from the noise level `refineFrom` on, the refiner predicts,
 * with the same prompts encoded by its own text encoders. The first model encodes and decodes pictures.
 * Throws CheckpointError if the two do not match.
 */
export function refinedModel(base: DiffusionModel, refiner: DiffusionModel): DiffusionModel {
  mustAgree(base, refiner);
  const encodeTexts: DiffusionModel['encodeTexts'] = async (texts) => {
    const own = await base.encodeTexts(texts);
    const refined = await refiner.encodeTexts(texts);
    return own.map((prompt, i) => ({ ...prompt, refined: refined[i]! }));
  };
  const asRefined = ({ positive, negative }: PromptPair): PromptPair => ({
    positive: positive.refined!,
    negative: negative.refined!,
  });
  return {
    ...base,
    async sources(request) {
      const { controls: _, ...plain } = request;
      const ofRefiner = await refiner.sources({ ...plain, encodesImage: false, decodesImage: false });
      return [...(await base.sources(request)), ...ofRefiner];
    },
    encodePrompt: async (text) => (await encodeTexts([text]))[0]!,
    encodeTexts,
    network(prompts, shape, conditions = {}) {
      const { refineFrom = 0 } = conditions;
      const first = base.network(prompts, shape, conditions);
      const last = refiner.network(asRefined(prompts), shape, shortcutsOf(conditions));
      return (u, timestep, conditionings, sigma) =>
        (sigma > refineFrom ? first : last)(u, timestep, conditionings, sigma);
    },
  };
}

function mustAgree(base: DiffusionModel, refiner: DiffusionModel): void {
  const refuse = (why: string) => new CheckpointError(`the refiner does not match the model: ${why}`);
  const [predicted, wanted] = [refiner.schedule.prediction, base.schedule.prediction];
  if (refiner.latentFormat !== base.latentFormat)
    throw refuse(`its latents are those of ${refiner.family}, the model's those of ${base.family}`);
  if (predicted !== wanted) throw refuse(`it predicts ${predicted}, the model predicts ${wanted}`);
  if (refiner.inpainting || refiner.readsSource)
    throw refuse('it takes more inputs than a latent: use an ordinary checkpoint');
}
