/** Fields whose errors stand beside a control of the panel. */
export const SHOWN_BESIDE: ReadonlySet<string> = new Set([
  ...['image', 'imageId', 'imageUrl', 'resizeMode', 'mask', 'extend'],
  ...['prompt', 'negativePrompt', 'denoiseStrength', 'model', 'modelName', 'width', 'height'],
  ...['loras', 'controls', 'upscale', 'promptStyle', 'emphasis', 'clipSkip', 'vae', 'decoder', 'refiner'],
  ...['variation', 'tiling'],
  ...['seed', 'steps', 'cfg', 'samplerName', 'scheduler'],
  ...['eta', 'sNoise', 'rescaleCfg', 'cfgInterval', 'flowShift', 'guidance'],
  ...['deepCache', 'tokenMerging', 'quality', 'noiseDevice'],
]);
