import { request, RequestError } from '../api/client.ts';
import { SubmitDocument, type SubmitMutation } from '../api/generated/graphql.ts';
import { forgetUpload, UploadError, uploadOf } from '../api/upload.ts';
import { hasEnded, jobs, takeJobs } from '../jobs/jobs.ts';
import { form } from '../state/form.ts';
import { models } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { source, type Source } from '../state/source.ts';
import { createStore } from '../state/store.ts';
import { chosenModel } from './choose-model.ts';
import { randomKey, requestOf, type Request, type SourceFields } from './request.ts';
import { sizeOf } from './size.ts';

type UserError = SubmitMutation['img2img']['userErrors'][number];

/** What stands beside a control, or above the button where it is about none. */
export interface FormError {
  /** The last part of the field's path. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** What is being sent, what was refused, and when a full queue is asked again. */
export interface Sending {
  readonly underWay: number;
  readonly errors: readonly FormError[];
  readonly again: { readonly at: number; readonly cancel: () => void } | null;
}

export const sending = createStore<Sending>({ underWay: 0, errors: [], again: null });

/** Takes an error away when its control changes. */
export function clearErrors(...fields: (string | null)[]): void {
  const { errors } = sending.get();
  if (errors.some(({ field }) => fields.includes(field))) {
    sending.set((now) => ({ ...now, errors: errors.filter(({ field }) => !fields.includes(field)) }));
  }
}

/** Why a stored picture cannot be used: it was removed. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'EXPIRED']);

/** Sends the form as a job. */
export async function submitForm(): Promise<void> {
  const now = form.get();
  const model = chosenModel(now.model, models.get() ?? []);
  if (!model) return;
  const from = source.get();
  const asked = requestOf(now, model, sizeOf(now, model, from));
  await noted(async () => {
    const errors = await submitOnce(asked, await fieldsOf(from));
    const isGone = errors.some(({ field, code }) => field === 'imageId' && GONE.has(code));
    if (!isGone || !from || !('file' in from.content)) return errors;
    forgetUpload(from.content.file);
    return submitOnce(asked, await fieldsOf(from));
  });
}

/** The source as the API takes it; a picture that was given is sent first, unless it was. */
const fieldsOf = async (from: Source | null): Promise<SourceFields> => {
  if (!from) return {};
  return { imageId: 'file' in from.content ? await uploadOf(from.content.file) : from.content.imageId };
};

/** Sends a request as a job, with a source that is stored. */
export const submit = (asked: Request, from: SourceFields): Promise<void> =>
  noted(() => submitOnce(asked, from));

/** Does what may be refused, and notes that it is under way and why it was refused. */
async function noted(work: () => Promise<readonly FormError[]>): Promise<void> {
  sending.set((now) => ({ ...now, underWay: now.underWay + 1, errors: [] }));
  const errors = await work().catch(errorsOf);
  sending.set((now) => ({ ...now, underWay: now.underWay - 1, errors: [...now.errors, ...errors] }));
}

/** A full queue is asked again with the same key. */
async function submitOnce(asked: Request, from: SourceFields): Promise<readonly FormError[]> {
  const idempotencyKey = randomKey();
  for (;;) {
    const { img2img } = await request(SubmitDocument, { input: { ...asked, ...from }, idempotencyKey });
    if (img2img.job) {
      takeJobs([img2img.job]);
      show(img2img.job.id);
      return [];
    }
    const full = img2img.userErrors.find(({ retryAfter }) => retryAfter != null);
    if (!full || !(await waitForRoom(full.retryAfter!))) return img2img.userErrors.map(formError);
  }
}

function errorsOf(error: unknown): readonly FormError[] {
  if (error instanceof UploadError && error.userErrors.length > 0) {
    return error.userErrors.map(({ code, message }) => ({ field: 'image', code, message }));
  }
  const code = error instanceof RequestError ? (error.code ?? 'NOT_SENT') : 'NOT_SENT';
  return [{ field: null, code, message: error instanceof Error ? error.message : String(error) }];
}

const formError = ({ field, code, message }: UserError): FormError => ({
  field: field?.at(-1) ?? null,
  code,
  message,
});

/** Waits until a full queue may have room; false if a person does not want that. */
async function waitForRoom(seconds: number): Promise<boolean> {
  const goesOn = await new Promise<boolean>((resolve) => {
    const wait = setTimeout(() => {
      resolve(true);
    }, seconds * 1000);
    const cancel = () => {
      clearTimeout(wait);
      resolve(false);
    };
    sending.set((now) => ({ ...now, again: { at: Date.now() + seconds * 1000, cancel } }));
  });
  sending.set((now) => ({ ...now, again: null }));
  return goesOn;
}

/** Shows a new job, unless one that still runs is on the stage. */
export function show(id: string): void {
  const { list } = jobs.get();
  const onStage = list.find((job) => job.id === route.get().job);
  const isBusy = onStage !== undefined && !hasEnded(onStage) && onStage.id !== id;
  go(isBusy ? { view: 'make' } : { view: 'make', job: id, picture: null, compare: [] }, { replace: true });
}
