/**
 * @generated SignedSource<<4630b52b66c0aa5e908485f5f9616b93>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type JobStatus = "CANCELED" | "FAILED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "%future added value";
import { FragmentRefs } from "relay-runtime";
export type documents_job$data = {
  readonly id: string;
  readonly status: JobStatus;
  readonly " $fragmentType": "documents_job";
};
export type documents_job$key = {
  readonly " $data"?: documents_job$data;
  readonly " $fragmentSpreads": FragmentRefs<"documents_job">;
};

import documentsJobQuery_graphql from './documentsJobQuery.graphql';

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": {
    "refetch": {
      "connection": null,
      "fragmentPathInResult": [
        "node"
      ],
      "operation": documentsJobQuery_graphql,
      "identifierInfo": {
        "identifierField": "id",
        "identifierQueryVariableName": "id"
      }
    }
  },
  "name": "documents_job",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    }
  ],
  "type": "Job",
  "abstractKey": null
};

(node as any).hash = "4606392ba96591862d86ec5b99e45001";

export default node;
