import { readWeights } from './quantisation.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { readTorchArchive } from './torch-archive.ts';

/**
 * Reads the header of a weight file, by its extension: safetensors, or an archive of torch.save (`.pth`).
 * Throws CheckpointError.
 */
export const readWeightFile = (path: string): Promise<SafetensorsFile> =>
  /\.pth$/i.test(path) ? readTorchArchive(path) : readWeights(path);
