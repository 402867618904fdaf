import type { ControlPreprocessing, JobControl } from '../jobs/request.ts';
import { CONTROL_MODULES } from './settings/controls.ts';

/** A control as A1111's ControlNet extension writes it into its infotext, without what means nothing here. */
export function controlText({ name, mode, strength, start, end, how }: JobControl): string {
  const fields = {
    Module: CONTROL_MODULES[how.preprocessor],
    Model: name,
    ...(mode && { 'Union Control Type': mode }),
    Weight: strength,
    'Resize Mode': 'Crop and Resize',
    ...thresholds(how),
    'Guidance Start': start,
    'Guidance End': end,
    'Control Mode': 'Balanced',
  };
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}

function thresholds(how: ControlPreprocessing): Record<string, number> {
  if (how.preprocessor === 'CANNY') return { 'Threshold A': how.low, 'Threshold B': how.high };
  return how.preprocessor === 'BLUR' ? { 'Threshold A': how.blur } : {};
}
