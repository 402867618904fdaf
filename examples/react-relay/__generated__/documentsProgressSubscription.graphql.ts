/**
 * @generated SignedSource<<c0405f27ed6e5ea64f2a982f7eb2cf8b>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type JobStatus = "CANCELED" | "FAILED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "%future added value";
export type documentsProgressSubscription$variables = {
  jobId: string;
};
export type documentsProgressSubscription$data = {
  readonly img2imgProgress: {
    readonly job: {
      readonly id: string;
      readonly images: ReadonlyArray<{
        readonly id: string;
        readonly url: string;
      }>;
      readonly status: JobStatus;
    };
    readonly preview: {
      readonly dataUri: string;
    } | null | undefined;
  };
};
export type documentsProgressSubscription = {
  response: documentsProgressSubscription$data;
  variables: documentsProgressSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "jobId"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "jobId",
    "variableName": "jobId"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "concreteType": "Job",
  "kind": "LinkedField",
  "name": "job",
  "plural": false,
  "selections": [
    (v2/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Image",
      "kind": "LinkedField",
      "name": "images",
      "plural": true,
      "selections": [
        (v2/*:: as any*/),
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "url",
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "Preview",
  "kind": "LinkedField",
  "name": "preview",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "dataUri",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsProgressSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "img2imgProgress",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsProgressSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "img2imgProgress",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "__typename",
            "storageKey": null
          },
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          (v2/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "027cffb005dfd1396dba2858e49e1f1f",
    "id": null,
    "metadata": {},
    "name": "documentsProgressSubscription",
    "operationKind": "subscription",
    "text": "subscription documentsProgressSubscription(\n  $jobId: ID!\n) {\n  img2imgProgress(jobId: $jobId) {\n    __typename\n    job {\n      id\n      status\n      images {\n        id\n        url\n      }\n    }\n    preview {\n      dataUri\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "a27aeb9ef9c9b786e3672af39a72e74b";

export default node;
