import { request, RequestError } from '../api/client.ts';
import { RerunDocument, SubmitDocument, type SubmitMutation } from '../api/generated/graphql.ts';
import { forgetUpload, UploadError, uploadOf } from '../api/upload.ts';
import { jobs, takeJobs, type Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { form, type Form } from '../state/form.ts';
import { knownModels, loadModels } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { source, sourceRead, type Source } from '../state/source.ts';
import { createStore } from '../state/store.ts';
import { chosenModel } from './choose-model.ts';
import { extendIn } from './request-parts.ts';
import { maskSettings, randomKey, requestOf, type SourceFields } from './request.ts';
import { sizeOf } from './size.ts';

type Payload = SubmitMutation['img2img'];
type UserError = Payload['userErrors'][number];

/** An error that is shown beside its control, or above the button if it has none. */
export interface FormError {
  /** The path of the field in the request, such as `prompt` or `mask.blur`; places in a list are left out. */
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

/** Whether an error is about one of these fields or a part of it. */
export const isAbout = ({ field }: FormError, fields: Iterable<string>): boolean =>
  field !== null && [...fields].some((name) => field === name || field.startsWith(`${name}.`));

/** Removes errors when their control changes. */
export function clearErrors(...fields: string[]): void {
  const { errors } = sending.get();
  const left = errors.filter((error) => !isAbout(error, fields));
  if (left.length < errors.length) sending.set((now) => ({ ...now, errors: left }));
}

/** Why a stored picture cannot be used: it was removed. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'EXPIRED']);

/** Submits the form; waits for the models, and for a picture that is still being read. */
export async function submitForm(): Promise<void> {
  const now = form.get();
  await noted(async () => {
    const model = chosenModel(now.model, await knownModels());
    if (!model) return [];
    await sourceRead();
    const from = source.get();
    const asked = requestOf(now, model, sizeOf(now, model, from));
    const send = async () => {
      const input = { ...asked, ...(await fieldsOf(from, now)) };
      return sendOnce(
        async (idempotencyKey) => (await request(SubmitDocument, { input, idempotencyKey })).img2img,
      );
    };
    const errors = await send();
    if (errors.some((error) => isAbout(error, ['model', 'modelName']))) void loadModels(); // one that went meanwhile
    const given = filesOf(from);
    const isGone = errors.some(
      (error) => isAbout(error, ['imageId', 'mask.imageId']) && GONE.has(error.code),
    );
    if (!isGone || given.length === 0) return errors;
    given.forEach(forgetUpload);
    return send();
  });
}

/** The files that were uploaded for this request. */
const filesOf = (from: Source | null): Blob[] =>
  from
    ? [...('file' in from.content ? [from.content.file] : []), ...(from.mask ? [from.mask.file] : [])]
    : [];

/** The source and mask for the API; uploads them first where needed. */
const fieldsOf = async (from: Source | null, now: Form): Promise<SourceFields> => {
  if (!from) return {};
  const { content, mask } = from;
  const extend = extendIn(now);
  return {
    imageId: 'file' in content ? await uploadOf(content.file) : content.imageId,
    ...(mask && { mask: { imageId: await uploadOf(mask.file), ...maskSettings(now) } }),
    ...(extend && { extend }),
  };
};

/** Reruns a job; `seed: null` draws a new seed. */
export const submitAgain = ({ id }: Job, seed?: null): Promise<void> =>
  noted(() =>
    sendOnce(async (idempotencyKey) => {
      const overrides = seed === null ? { seed } : {};
      return (await request(RerunDocument, { jobId: id, overrides, idempotencyKey })).rerun;
    }),
  );

/** Runs a submission and records its state and errors. */
async function noted(work: () => Promise<readonly FormError[]>): Promise<void> {
  sending.set((now) => ({ ...now, underWay: now.underWay + 1, errors: [] }));
  const errors = await work().catch(errorsOf);
  sending.set((now) => ({ ...now, underWay: now.underWay - 1, errors: [...now.errors, ...errors] }));
}

/** Submits; while the queue is full, retries with the same idempotency key. */
async function sendOnce(send: (idempotencyKey: string) => Promise<Payload>): Promise<readonly FormError[]> {
  const idempotencyKey = randomKey();
  for (;;) {
    const { job, userErrors } = await send(idempotencyKey);
    if (job) {
      takeJobs([job]);
      show(job.id);
      return [];
    }
    const full = userErrors.find(({ retryAfter }) => retryAfter != null);
    if (!full) return userErrors.map(formError);
    if (!(await waitForRoom(full.retryAfter!))) return []; // canceled by the user
  }
}

function errorsOf(error: unknown): readonly FormError[] {
  if (error instanceof UploadError && error.userErrors.length > 0) {
    return error.userErrors.map(({ code, message }) => ({ field: 'image', code, message }));
  }
  const code = error instanceof RequestError ? (error.code ?? 'NOT_SENT') : 'NOT_SENT';
  return [{ field: null, code, message: error instanceof Error ? error.message : String(error) }];
}

/** The path of a field below the argument that holds the settings. */
function pathIn(field: readonly string[]): string | null {
  const names = field.filter((part, i) => !/^\d+$/.test(part) && !(i === 0 && SETTINGS.has(part)));
  return names.length > 0 ? names.join('.') : null;
}

const SETTINGS: ReadonlySet<string> = new Set(['input', 'overrides']);

const formError = ({ field, code, message }: UserError): FormError => ({
  field: pathIn(field ?? []),
  code,
  message,
});

/** Waits before the next attempt; false if the user cancels. */
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

/** Shows a new job, unless the one on the stage is still running. */
export function show(id: string): void {
  const { list } = jobs.get();
  const onStage = list.find((job) => job.id === route.get().job);
  const isBusy = onStage !== undefined && !hasEnded(onStage) && onStage.id !== id;
  go(isBusy ? { view: 'make' } : { view: 'make', job: id, picture: null, compare: [] }, { replace: true });
}
