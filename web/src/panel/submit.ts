import { request, RequestError } from '../api/client.ts';
import { SubmitDocument, type SubmitMutation } from '../api/generated/graphql.ts';
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

/** Sends the form as a job. */
export async function submitForm(): Promise<void> {
  const now = form.get();
  const model = chosenModel(now.model, models.get() ?? []);
  if (!model) return;
  const from = source.get();
  await submit(requestOf(now, model, sizeOf(now, model, from)), fieldsOf(from));
}

const fieldsOf = (from: Source | null): SourceFields => {
  if (!from) return {};
  return 'file' in from.content ? { image: from.content.file } : { imageId: from.content.imageId };
};

/** Sends a request as a job; a full queue is asked again with the same key. */
export async function submit(asked: Request, from: SourceFields): Promise<void> {
  const idempotencyKey = randomKey();
  sending.set((now) => ({ ...now, underWay: now.underWay + 1, errors: [] }));
  let errors: readonly FormError[] = [];
  try {
    for (;;) {
      const { img2img } = await request(SubmitDocument, { input: { ...asked, ...from }, idempotencyKey });
      if (img2img.job) {
        takeJobs([img2img.job]);
        show(img2img.job.id);
        return;
      }
      const full = img2img.userErrors.find(({ retryAfter }) => retryAfter != null);
      errors = img2img.userErrors.map(formError);
      if (!full || !(await waitForRoom(full.retryAfter!))) return;
    }
  } catch (error) {
    const code = error instanceof RequestError ? (error.code ?? 'NOT_SENT') : 'NOT_SENT';
    errors = [{ field: null, code, message: error instanceof Error ? error.message : String(error) }];
  } finally {
    sending.set((now) => ({ ...now, underWay: now.underWay - 1, errors: [...now.errors, ...errors] }));
  }
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
