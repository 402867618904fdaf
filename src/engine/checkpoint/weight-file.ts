import { readWeights } from './quantisation.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { readTorchArchive } from './torch-archive.ts';

/** The tensors of a weight file: a safetensors file, or one that torch.save wrote, by its extension. Throws CheckpointError. */
export const readWeightFile = (path: string): Promise<SafetensorsFile> =>
  /\.pth$/i.test(path) ? readTorchArchive(path) : readWeights(path);
