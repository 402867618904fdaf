import '../../src/engine/runtime/no-telemetry.ts';
import { InferenceSession } from 'onnxruntime-node';
import { sourcesOf } from '../../src/engine/checkup/model.ts';
import { FUSED_OPERATORS } from '../../src/engine/graph/device-profile.ts';
import type { CheckupModel } from '../../src/engine/index.ts';
import { linkProvider } from '../../src/engine/runtime/cuda-provider.ts';
import type { Device, Precision } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { openSession } from '../../src/engine/runtime/session.ts';

/**
 * Loads every network of a checkpoint on CUDA: `<precision> <CheckupModel as JSON>`. Prints a line for each; where its nodes are
 * placed ONNX Runtime says on standard error, in its most detailed log.
 */
const [precision, model] = process.argv.slice(2);
const create = InferenceSession.create.bind(InferenceSession) as (
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
) => Promise<InferenceSession>;
InferenceSession.create = ((bytes: Uint8Array, options: InferenceSession.SessionOptions) =>
  create(bytes, { ...options, logSeverityLevel: 0 })) as typeof InferenceSession.create;

linkProvider();
const [best, ...others] = profilesOf('cuda', precision as Precision);
const fused = best!.compute === 'F16' ? [{ ...best!, fused: new Set(FUSED_OPERATORS) }] : [];
for (const profile of [...fused, best!, ...others]) {
  const device: Device = { name: 'cuda', profile, reason: 'chosen by name' };
  for (const source of await sourcesOf(JSON.parse(model!) as CheckupModel, device)) {
    const session = await openSession(source.build(profile), device);
    console.log(`${profile.compute} ${profile.attention} ${source.name}`);
    await session.release();
  }
}
