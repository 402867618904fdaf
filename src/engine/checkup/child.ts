import { checkDevice, openForCheckup } from './device.ts';
import type { CheckupRequest, Finding } from './finding.ts';
import { checkModel } from './model.ts';

/** The checkup process: examines one device and sends each finding as soon as it has it. */

process.once('message', (request: CheckupRequest) => {
  void checkup(request).then(() => process.exit(0));
});
process.on('disconnect', () => process.exit(0));

async function checkup({ device: name, precision, models }: CheckupRequest): Promise<void> {
  const { finding, device } = await openForCheckup(name, precision);
  await send(finding);
  if (!device) return;
  for await (const next of checkDevice(device)) await send(next);
  for (const model of models) for await (const next of checkModel(model, device)) await send(next);
}

const send = (finding: Finding): Promise<void> =>
  new Promise((resolve) => {
    process.send!(finding, undefined, undefined, () => {
      resolve();
    });
  });
