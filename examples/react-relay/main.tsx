import { createClient } from 'graphql-ws';
import { Suspense, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  RelayEnvironmentProvider,
  useFragment,
  useLazyLoadQuery,
  useMutation,
  usePaginationFragment,
  useSubscription,
} from 'react-relay';
import { Environment, Network, Observable, type GraphQLResponse } from 'relay-runtime';
import JOB, { type documents_job$key } from './__generated__/documents_job.graphql.ts';
import JOBS, { type documents_jobs$key } from './__generated__/documents_jobs.graphql.ts';
import type { documentsJobsPageQuery } from './__generated__/documentsJobsPageQuery.graphql.ts';
import JOBS_QUERY, { type documentsJobsQuery } from './__generated__/documentsJobsQuery.graphql.ts';
import MAKE, { type documentsMakeMutation } from './__generated__/documentsMakeMutation.graphql.ts';
import PROGRESS, {
  type documentsProgressSubscription,
} from './__generated__/documentsProgressSubscription.graphql.ts';

const socket = createClient({ url: '/graphql' });

const environment = new Environment({
  network: Network.create(
    async ({ text }, variables) => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text, variables }),
      });
      return (await response.json()) as GraphQLResponse;
    },
    ({ text }, variables) =>
      Observable.create((sink) => socket.subscribe({ query: text ?? '', variables }, sink as never)),
  ),
});

const INPUT = {
  modelName: 'starter',
  imageUrl: '/example.png',
  prompt: 'a green meadow at day, a red house',
  negativePrompt: '',
  seed: '7',
  steps: 8,
  cfg: 6,
  width: 256,
  height: 256,
};

function App() {
  const [make] = useMutation<documentsMakeMutation>(MAKE);
  const [jobId, setJobId] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const send = () =>
    make({
      variables: { input: INPUT },
      onCompleted: ({ img2img: { job, userErrors } }) => {
        setJobId(job?.id);
        setProblem(userErrors[0]?.message);
      },
      onError: ({ message }) => setProblem(message),
    });
  return (
    <main>
      <button onClick={send}>Make picture</button>
      {problem && <p role="alert">{problem}</p>}
      {jobId && <Progress key={jobId} jobId={jobId} />}
      <Suspense>
        <Latest key={`list ${jobId}`} fetchKey={jobId} />
      </Suspense>
    </main>
  );
}

function Progress({ jobId }: { jobId: string }) {
  const [event, setEvent] = useState<documentsProgressSubscription['response']['img2imgProgress']>();
  useSubscription<documentsProgressSubscription>(
    useMemo(
      () => ({
        subscription: PROGRESS,
        variables: { jobId },
        onNext: (data) => setEvent(data?.img2imgProgress),
      }),
      [jobId],
    ),
  );
  const [image] = event?.job.images ?? [];
  if (image) return <img src={image.url} alt="Result" />;
  if (event?.preview) return <img src={event.preview.dataUri} alt="Live preview" />;
  return <p>{event?.job.status ?? 'QUEUED'}</p>;
}

function Latest({ fetchKey }: { fetchKey: string | undefined }) {
  const options = { fetchKey: fetchKey ?? '', fetchPolicy: 'network-only' } as const;
  return <Jobs of={useLazyLoadQuery<documentsJobsQuery>(JOBS_QUERY, {}, options)} />;
}

function Jobs({ of }: { of: documents_jobs$key }) {
  const { data, hasNext, loadNext } = usePaginationFragment<documentsJobsPageQuery, documents_jobs$key>(
    JOBS,
    of,
  );
  return (
    <>
      <ol>
        {data.jobs.edges.map(({ node }) => (
          <Job key={node.id} of={node} />
        ))}
      </ol>
      {hasNext && <button onClick={() => loadNext(1)}>More</button>}
    </>
  );
}

/** The status of a job comes from the store: the subscription's events write it there. */
const Job = ({ of }: { of: documents_job$key }) => <li>{useFragment(JOB, of).status}</li>;

createRoot(document.getElementById('app')!).render(
  <RelayEnvironmentProvider environment={environment}>
    <App />
  </RelayEnvironmentProvider>,
);
