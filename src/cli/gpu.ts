import type { Command } from 'commander';
import type { GpuCheckFlags } from '../setup/gpu-check.ts';
import { ending } from './exit.ts';

/** `gpu check`. */
export function addGpu(program: Command): void {
  program
    .command('gpu')
    .description('checks graphics cards')
    .command('check')
    .description(
      'checks that a device works: driver, libraries, every kind of attention, speed; with a checkpoint, also where its networks run, ' +
        'how fast, and in how much memory',
    )
    .option('--device <name>', 'auto, cpu, cuda, cuda:<number>, webgpu, coreml or dml')
    .option('--precision <name>', 'auto, f16 or f32')
    .option('--checkpoint <file>', 'a .safetensors file to run')
    .option('--size <pixels>', 'width and height of the picture; default: 512')
    .option('--json', 'prints one JSON object')
    .action(ending(checkGpu));
}

async function checkGpu(flags: GpuCheckFlags): Promise<number> {
  const gpu = await import('../setup/gpu-check.ts');
  const options = gpu.readGpuCheckOptions(flags);
  return gpu.runChecks(options, [(report) => gpu.checkGpu(options, report)]);
}
