import { CheckpointError } from '../errors.ts';
import { readWeights } from './quantisation.ts';
import { readSafetensors, type SafetensorsFile, type TensorWindow } from './safetensors.ts';
import { readTorchArchive } from './torch-archive.ts';

/**
 * Reads the header of a weight file, by its extension: safetensors, or an archive of torch.save (`.pth`).
 * Throws CheckpointError.
 */
export const readWeightFile = (path: string): Promise<SafetensorsFile> =>
  /\.pth$/i.test(path) ? readTorchArchive(path) : readWeights(path);

/** All tensors of a weight file as they are stored; none if it is another kind of file. */
export async function readTensors(path: string): Promise<TensorWindow[]> {
  try {
    const { tensors } = await (/\.pth$/i.test(path) ? readTorchArchive(path) : readSafetensors(path));
    return [...tensors.values()];
  } catch (error) {
    if (error instanceof CheckpointError) return [];
    throw error;
  }
}
