import type { FieldMap } from '@pothos/core';
import type { AdapterFile } from '../models/adapter-catalog.ts';
import type { FieldBuilder } from './builder.ts';

type Adapter = AdapterFile<{ readonly sizeBytes: number; readonly problem: string | null }>;

/** Where an adapter's file is; `name` says what its name is for. */
export const placeFields = <One extends Adapter>(t: FieldBuilder<One>, name: string): FieldMap => ({
  name: t.string({ description: name, resolve: (adapter) => adapter.name }),
  file: t.string({ description: 'Path below MODELS_DIR.', resolve: ({ file }) => file }),
});

/** What is known of an adapter's file, whatever its kind. */
export const contentFields = <One extends Adapter>(t: FieldBuilder<One>): FieldMap => ({
  sizeBytes: t.field({
    type: 'ByteCount',
    description: 'Size on disk.',
    resolve: ({ sizeBytes }) => sizeBytes,
  }),
  sha256: t.string({
    nullable: true,
    description: 'Hash of the file, lower-case hex; null while it is unknown.',
    resolve: ({ sha256 }) => sha256,
  }),
  problem: t.string({
    nullable: true,
    description: 'Why the file cannot be used; null if it can.',
    resolve: ({ problem }) => problem,
  }),
});

/** The hash by which a job remembers a file. */
export const hashField = <One extends { readonly sha256: string }>(t: FieldBuilder<One>): FieldMap => ({
  sha256: t.string({
    description: 'Hash of its file, lower-case hex; no other file is used.',
    resolve: ({ sha256 }) => sha256,
  }),
});
