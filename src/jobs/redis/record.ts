import type { Latent } from '../../engine/index.ts';
import { type Job, jobOf, type JobStatus } from '../job.ts';
import { started } from '../lifecycle.ts';
import { type Claimant, type JobEvent, previewOf, REPORTS_PER_REVISION } from '../queue.ts';

/** A job and the revision of its record, which a change must name. */
export interface StoredJob {
  readonly job: Job;
  readonly revision: number;
  /** Time of the last change, milliseconds since the epoch. */
  readonly at: number;
  /** Number of the last event that the job shows. */
  readonly sequence: number;
}

/** The claim that a running job's record was started with. */
export type Claim = Pick<Claimant, 'worker' | 'device'> & { readonly at: number };

/** A job as the scripts return it, and publish it; `progress` is the JSON of the last report that was kept. */
export type Row = [
  revision: string,
  at: string,
  status: JobStatus,
  claim: string,
  position: number | string,
  record: string,
  progress?: string | null,
];

/** A row as a job; undefined if this version cannot read it. */
export function storedFrom(row: Row): StoredJob | undefined {
  try {
    return stored(row);
  } catch {
    return undefined;
  }
}

function stored([revision, at, status, claim, position, record, progress]: Row): StoredJob {
  const recorded = jobOf(record);
  if (!recorded) throw new Error('the record is not a job');
  const facts = { revision: Number(revision), at: Number(at) };
  const sequence = facts.revision * REPORTS_PER_REVISION;
  if (status !== 'RUNNING') {
    const queuePosition = status === 'QUEUED' ? Number(position) : null;
    return { ...facts, sequence, job: { ...recorded, queuePosition } };
  }
  const by = JSON.parse(claim) as Claim;
  const job = started(recorded, by, by.at);
  const last = progress ? (JSON.parse(progress) as JobEvent) : undefined;
  if (!last || revisionOf(last) !== facts.revision) return { ...facts, sequence, job };
  const { stage, step, totalSteps, stepTime, timings } = last.job;
  return {
    ...facts,
    at: last.at,
    sequence: last.sequence,
    job: { ...job, stage, step, totalSteps, stepTime, timings },
  };
}

/** What the scripts publish when a job is new or has changed: its id and its row, a line for each value. */
export const idOfChange = (message: Buffer): string => message.toString('latin1', 0, message.indexOf(0x0a));

/** See `idOfChange`; undefined if this version cannot read it. */
export const storedFromChange = (message: Buffer): StoredJob | undefined =>
  storedFrom(message.toString().split('\n').slice(1) as Row);

/** The revision of the record that an event belongs to. */
export const revisionOf = ({ sequence }: JobEvent): number => Math.floor(sequence / REPORTS_PER_REVISION);

/** Bytes of a value. */
const VALUE = Float32Array.BYTES_PER_ELEMENT;

/**
 * A report of progress between processes: "<bytes of the JSON>\n", the JSON, and the preview's values as they lie in
 * memory (little-endian f32), then its pictures, filled up to whole values: earlier versions read nothing else.
 */
export function encodeReport(event: JobEvent): Buffer {
  const preview = previewOf(event);
  const json = JSON.stringify({ ...event, ...(preview && { preview: withoutBytes(preview) }) });
  const head = Buffer.from(`${Buffer.byteLength(json)}\n${json}`);
  if (!preview) return head;
  const pictures = preview.pictures?.data ?? new Uint8Array();
  const filling = new Uint8Array((VALUE - (pictures.length % VALUE)) % VALUE);
  return Buffer.concat([head, bytesOf(preview.data), bytesOf(pictures), filling]);
}

/** Reads what `encodeReport` wrote. */
export function decodeReport(message: Buffer): JobEvent {
  const start = message.indexOf(0x0a) + 1;
  const end = start + Number(message.toString('latin1', 0, start - 1));
  const event = JSON.parse(message.toString('utf8', start, end)) as JobEvent;
  const preview = previewOf(event);
  if (!preview) return event;
  const { channels, height, width, images = 1, pictures } = preview;
  const middle = end + VALUE * channels * height * width * images;
  const data = new Float32Array(new Uint8Array(message.subarray(end, middle)).buffer); // a copy: f32 values must be aligned
  if (!pictures) return { ...event, preview: { ...preview, data } } as JobEvent;
  const bytes = 3 * pictures.width * pictures.height * pictures.images;
  const shown = { ...pictures, data: new Uint8Array(message.subarray(middle, middle + bytes)) };
  return { ...event, preview: { ...preview, data, pictures: shown } } as JobEvent;
}

/** What of a preview is written as JSON. */
const withoutBytes = ({ data: _, pictures, ...facts }: Latent) => ({
  ...facts,
  ...(pictures && { pictures: { ...pictures, data: undefined } }),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
