import type { Client } from 'graphql-ws';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobDocument,
  ProgressDocument,
  type ProgressSubscription,
} from '../client/generated/graphql.ts';
import { connect, post, subscribe } from '../client/request.ts';
import type { Ledger, Submission } from './ledger.ts';

/** What the client of one life of the server does and sees. */
export type Moment =
  | 'start'
  | 'request sent'
  | 'job acknowledged'
  | 'cancel sent'
  | 'job started'
  | 'step done'
  | 'decoding'
  | 'storing'
  | 'job ended';

type Event = ProgressSubscription['img2imgProgress'];

/** A client of one life of a server: writes everything it is told into the ledger, and tells each moment as it passes. */
export class Life {
  readonly #url: string;
  readonly #ledger: Ledger;
  readonly #moment: (moment: Moment) => void;
  readonly #client: Client;
  readonly #watching = new Set<Promise<void>>();
  /** Rejects when a watcher was told something that cannot be. */
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #over = false;

  constructor(url: string, ledger: Ledger, moment: (moment: Moment) => void) {
    this.#url = url;
    this.#ledger = ledger;
    this.#moment = moment;
    this.#client = connect(url);
    this.#failed = new Promise((_resolve, reject) => (this.#fail = reject));
    this.#failed.catch(() => undefined); // looked at by those who wait for the watchers
  }

  /** Asks for a job; what it answers must agree with all that was told before. */
  async poll(id: string): Promise<void> {
    const data = await this.#ask(post(this.#url, JobDocument, { id }));
    if (data) this.#ledger.polled(id, data.job);
  }

  /** Follows a job to its end. */
  watch(id: string): void {
    const watching = this.#follow(id)
      .catch(this.#fail)
      .finally(() => this.#watching.delete(watching));
    this.#watching.add(watching);
  }

  async submit(submission: Submission): Promise<string | undefined> {
    this.#ledger.unanswered.set(submission.key, submission);
    const { key: idempotencyKey, input } = submission;
    const sent = post(this.#url, Img2ImgDocument, { input, idempotencyKey });
    this.#moment('request sent');
    const data = await this.#ask(sent);
    const job = data?.img2img.job;
    if (!job) {
      if (data) throw new Error(JSON.stringify(data.img2img.userErrors));
      return undefined;
    }
    this.#ledger.acknowledged(submission, job.id);
    this.#moment('job acknowledged');
    return job.id;
  }

  async cancel(id: string): Promise<void> {
    const sent = post(this.#url, CancelJobDocument, { id });
    this.#moment('cancel sent');
    const data = await this.#ask(sent);
    if (data?.cancelJob.result === 'CANCELED') this.#ledger.canceled(id);
  }

  /** Resolves when every job that is watched has ended. */
  async watched(): Promise<void> {
    while (this.#watching.size > 0) await Promise.race([this.#failed, Promise.all(this.#watching)]);
  }

  /** The server is gone, or will be: what breaks from now on is no fault. */
  async end(): Promise<void> {
    this.#over = true;
    this.#client.terminate();
    await Promise.race([this.#failed, Promise.all(this.#watching)]);
  }

  async #follow(id: string): Promise<void> {
    try {
      for await (const { data, errors } of subscribe(this.#client, ProgressDocument, { jobId: id })) {
        if (!data) throw new Error(JSON.stringify(errors));
        this.#ledger.saw(data.img2imgProgress);
        this.#tell(data.img2imgProgress);
      }
      if (!this.#over) await this.poll(id);
    } catch (error) {
      if (!this.#over) throw error;
    }
  }

  #tell({ __typename, job: { stage } }: Event): void {
    if (__typename === 'Img2ImgStep') this.#moment('step done');
    if (__typename === 'Img2ImgCompleted') this.#moment('job ended');
    if (__typename !== 'Img2ImgStage') return;
    if (stage === 'LOADING_MODEL') this.#moment('job started');
    if (stage === 'DECODING') this.#moment('decoding');
    if (stage === 'STORING') this.#moment('storing');
  }

  /** The data of an answer; undefined if the connection broke because the server is gone. */
  async #ask<T>(answer: Promise<{ data?: T | null; errors?: unknown }>): Promise<T | undefined> {
    const { data, errors } = await answer.catch((error: unknown) => {
      if (this.#over) return { data: undefined, errors: undefined };
      throw error;
    });
    if (errors) throw new Error(JSON.stringify(errors));
    return data ?? undefined;
  }

  /** From now on the server may die at any moment. */
  mayEnd(): void {
    this.#over = true;
  }
}
