import type { Img2ImgSettings } from '../jobs/job.ts';
import type { Img2ImgInput } from './img2img-fields.ts';

type Fault = (path: string, message: string, code?: 'INVALID_VALUE' | 'UNSUPPORTED') => void;

/** How prompts are read and which states of the text encoders are taken, as far as it is not ComfyUI's way. */
export function parseTextOptions(
  { promptStyle, emphasis, clipSkip }: Img2ImgInput,
  inRange: (name: 'clipSkip', value: number) => number,
  fault: Fault,
): Pick<Img2ImgSettings, 'promptStyle' | 'emphasis' | 'clipSkip'> {
  const isA1111 = promptStyle === 'A1111';
  if (emphasis != null && !isA1111)
    fault('input.emphasis', 'emphasis is for promptStyle A1111', 'UNSUPPORTED');
  return {
    ...(isA1111 && { promptStyle }),
    ...(emphasis != null && emphasis !== 'ORIGINAL' && { emphasis }),
    ...(clipSkip != null && { clipSkip: inRange('clipSkip', clipSkip) }),
  };
}
