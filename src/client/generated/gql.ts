/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment ClientJob on Job {\n  id\n  status\n  stage\n  step\n  totalSteps\n  queuePosition\n  etaSeconds\n  images {\n    id\n    url\n    width\n    height\n    seed\n    sha256\n  }\n  error {\n    code\n    message\n  }\n  warnings {\n    code\n    field\n    message\n  }\n}\n\nmutation Img2Img($input: Img2ImgInput!, $priority: Int, $idempotencyKey: String) {\n  img2img(input: $input, priority: $priority, idempotencyKey: $idempotencyKey) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nmutation CancelJob($id: ID!) {\n  cancelJob(id: $id) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nquery Job($id: ID!) {\n  job(id: $id) {\n    ...ClientJob\n  }\n}\n\nquery Models {\n  models {\n    name\n    file\n    family\n    installed\n    missingFiles\n    problem\n    recommended {\n      width\n      height\n      steps\n      cfg\n      samplerName\n      scheduler\n    }\n  }\n}\n\nsubscription Img2ImgProgress($jobId: ID, $size: Int!, $withPreview: Boolean!) {\n  img2imgProgress(jobId: $jobId) {\n    __typename\n    sequence\n    at\n    job {\n      ...ClientJob\n    }\n    preview(size: $size) @include(if: $withPreview) {\n      dataUri\n      width\n      height\n    }\n    ... on Img2ImgStep {\n      attempt\n      step\n      totalSteps\n      sigma\n      etaSeconds\n    }\n  }\n}": typeof types.ClientJobFragmentDoc,
};
const documents: Documents = {
    "fragment ClientJob on Job {\n  id\n  status\n  stage\n  step\n  totalSteps\n  queuePosition\n  etaSeconds\n  images {\n    id\n    url\n    width\n    height\n    seed\n    sha256\n  }\n  error {\n    code\n    message\n  }\n  warnings {\n    code\n    field\n    message\n  }\n}\n\nmutation Img2Img($input: Img2ImgInput!, $priority: Int, $idempotencyKey: String) {\n  img2img(input: $input, priority: $priority, idempotencyKey: $idempotencyKey) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nmutation CancelJob($id: ID!) {\n  cancelJob(id: $id) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nquery Job($id: ID!) {\n  job(id: $id) {\n    ...ClientJob\n  }\n}\n\nquery Models {\n  models {\n    name\n    file\n    family\n    installed\n    missingFiles\n    problem\n    recommended {\n      width\n      height\n      steps\n      cfg\n      samplerName\n      scheduler\n    }\n  }\n}\n\nsubscription Img2ImgProgress($jobId: ID, $size: Int!, $withPreview: Boolean!) {\n  img2imgProgress(jobId: $jobId) {\n    __typename\n    sequence\n    at\n    job {\n      ...ClientJob\n    }\n    preview(size: $size) @include(if: $withPreview) {\n      dataUri\n      width\n      height\n    }\n    ... on Img2ImgStep {\n      attempt\n      step\n      totalSteps\n      sigma\n      etaSeconds\n    }\n  }\n}": types.ClientJobFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment ClientJob on Job {\n  id\n  status\n  stage\n  step\n  totalSteps\n  queuePosition\n  etaSeconds\n  images {\n    id\n    url\n    width\n    height\n    seed\n    sha256\n  }\n  error {\n    code\n    message\n  }\n  warnings {\n    code\n    field\n    message\n  }\n}\n\nmutation Img2Img($input: Img2ImgInput!, $priority: Int, $idempotencyKey: String) {\n  img2img(input: $input, priority: $priority, idempotencyKey: $idempotencyKey) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nmutation CancelJob($id: ID!) {\n  cancelJob(id: $id) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nquery Job($id: ID!) {\n  job(id: $id) {\n    ...ClientJob\n  }\n}\n\nquery Models {\n  models {\n    name\n    file\n    family\n    installed\n    missingFiles\n    problem\n    recommended {\n      width\n      height\n      steps\n      cfg\n      samplerName\n      scheduler\n    }\n  }\n}\n\nsubscription Img2ImgProgress($jobId: ID, $size: Int!, $withPreview: Boolean!) {\n  img2imgProgress(jobId: $jobId) {\n    __typename\n    sequence\n    at\n    job {\n      ...ClientJob\n    }\n    preview(size: $size) @include(if: $withPreview) {\n      dataUri\n      width\n      height\n    }\n    ... on Img2ImgStep {\n      attempt\n      step\n      totalSteps\n      sigma\n      etaSeconds\n    }\n  }\n}"): (typeof documents)["fragment ClientJob on Job {\n  id\n  status\n  stage\n  step\n  totalSteps\n  queuePosition\n  etaSeconds\n  images {\n    id\n    url\n    width\n    height\n    seed\n    sha256\n  }\n  error {\n    code\n    message\n  }\n  warnings {\n    code\n    field\n    message\n  }\n}\n\nmutation Img2Img($input: Img2ImgInput!, $priority: Int, $idempotencyKey: String) {\n  img2img(input: $input, priority: $priority, idempotencyKey: $idempotencyKey) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nmutation CancelJob($id: ID!) {\n  cancelJob(id: $id) {\n    job {\n      ...ClientJob\n    }\n    userErrors {\n      code\n      field\n      message\n      retryAfter\n    }\n  }\n}\n\nquery Job($id: ID!) {\n  job(id: $id) {\n    ...ClientJob\n  }\n}\n\nquery Models {\n  models {\n    name\n    file\n    family\n    installed\n    missingFiles\n    problem\n    recommended {\n      width\n      height\n      steps\n      cfg\n      samplerName\n      scheduler\n    }\n  }\n}\n\nsubscription Img2ImgProgress($jobId: ID, $size: Int!, $withPreview: Boolean!) {\n  img2imgProgress(jobId: $jobId) {\n    __typename\n    sequence\n    at\n    job {\n      ...ClientJob\n    }\n    preview(size: $size) @include(if: $withPreview) {\n      dataUri\n      width\n      height\n    }\n    ... on Img2ImgStep {\n      attempt\n      step\n      totalSteps\n      sigma\n      etaSeconds\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;