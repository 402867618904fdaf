/** Fields whose errors stand beside a control of the panel. */
export const SHOWN_BESIDE: ReadonlySet<string> = new Set([
  ...['image', 'imageId', 'imageUrl', 'resizeMode'],
  ...['prompt', 'negativePrompt', 'denoiseStrength', 'model', 'modelName', 'width', 'height'],
  ...['seed', 'steps', 'cfg', 'samplerName', 'scheduler'],
]);
