export const JOB_WARNING_CODES = [
  'TEXT_TO_IMAGE',
  'STEPS_UNUSUAL',
  'CFG_UNUSUAL',
  'SIZE_UNUSUAL',
  'PROMPT_SYNTAX',
  'LORA_PARTLY_USED',
  'EMBEDDING_IGNORED',
] as const;
export type JobWarningCode = (typeof JOB_WARNING_CODES)[number];

/** Something that the sender of a job may not expect. */
export interface JobWarning {
  readonly code: JobWarningCode | 'OTHER';
  /** Path of the argument that it is about; null if it is about none. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** The sentences that earlier versions stored, without code and field. */
const SENTENCES: readonly (readonly [RegExp, JobWarningCode, string])[] = [
  [/^No image was given/, 'TEXT_TO_IMAGE', 'image'],
  [/ works best with steps /, 'STEPS_UNUSUAL', 'steps'],
  [/ works best with cfg /, 'CFG_UNUSUAL', 'cfg'],
  [/ works best at about \d+×\d+ pixels/, 'SIZE_UNUSUAL', 'width'],
];

/** A warning as a record has it, whichever version wrote it. */
export function warningOf(stored: JobWarning | string): JobWarning {
  if (typeof stored !== 'string') {
    const isKnown = JOB_WARNING_CODES.some((code) => code === stored.code);
    return isKnown ? stored : { ...stored, code: 'OTHER' };
  }
  const [, code, field] = SENTENCES.find(([sentence]) => sentence.test(stored)) ?? [];
  return { code: code ?? 'OTHER', field: field === undefined ? null : ['input', field], message: stored };
}
