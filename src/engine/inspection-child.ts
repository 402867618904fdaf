import { compareControl, inspectControl } from './adapters/control-file.ts';
import { inspectEmbedding } from './adapters/embedding-summary.ts';
import { readAdapterKind } from './adapters/kind.ts';
import { compareLora } from './adapters/mismatch.ts';
import { inspectLora } from './adapters/summary.ts';
import { inspectTinyDecoder } from './adapters/tiny-summary.ts';
import { inspectUpscaler } from './adapters/upscaler-summary.ts';
import { inspectVae } from './adapters/vae-summary.ts';
import { inspectCheckpoint } from './checkpoint/inspect.ts';
import { readTensors } from './checkpoint/weight-file.ts';
import { NO_FILE, type Look, type Looks } from './inspection.ts';
import { checkControl, controlMustFit } from './networks/check-control.ts';
import { checkTinyDecoder, checkUpscaler, checkVae } from './networks/check-parts.ts';
import { checkNetworks, networkFacts } from './networks/check.ts';
import { checkTokenizer } from './pipeline/check-tokenizer.ts';

/** The inspection process: answers each request with what it found, or NO_FILE if the file does not exist. */

const LOOKS: { readonly [Name in keyof Looks]: (...paths: string[]) => Promise<Looks[Name] | undefined> } = {
  checkpoint: (path) =>
    inspectCheckpoint(path, async (checkpoint) => {
      checkNetworks(checkpoint);
      await checkTokenizer(checkpoint);
      return networkFacts(checkpoint);
    }),
  lora: (path) => inspectLora(path),
  embedding: (path) => inspectEmbedding(path),
  mismatch: (path, checkpoint) => compareLora(path, checkpoint),
  adapterKind: (path) => readAdapterKind(path),
  vae: (path) => inspectVae(path, checkVae),
  tinyVae: (path, file) => inspectTinyDecoder(path, file, checkTinyDecoder),
  upscaler: (path) => inspectUpscaler(path, checkUpscaler),
  control: (path) => inspectControl(path, checkControl),
  controlMisfit: (path, checkpoint) => compareControl(path, checkpoint, controlMustFit),
  numbers: async (path) =>
    (await readTensors(path)).map(({ key, dtype, offset, byteLength }) => ({
      key,
      dtype,
      offset,
      byteLength,
    })),
};

process.on('message', ({ kind, paths }: Look) => {
  LOOKS[kind](...paths).then(
    (found) => process.send!({ found }),
    () => process.send!(NO_FILE),
  );
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.send!('started');
