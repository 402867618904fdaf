import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onConnected } from './api/client.ts';
import { App } from './app.tsx';
import { followJobs } from './jobs/jobs.ts';
import { beginWithAJob } from './stage/stage-job.ts';
import { loadCollection, loadServer } from './state/resources.ts';
import { restoreSource } from './state/source.ts';
import { firstLanguage, speak } from './texts/index.ts';
import { BrokenPage } from './ui/broken-page.tsx';
import { watchMissingPictures } from './ui/missing-pictures.ts';

const root = document.getElementById('studio');
if (!root) throw new Error('the page has no place for the studio');

await Promise.all([speak(firstLanguage()), restoreSource()]);
createRoot(root).render(
  <StrictMode>
    <BrokenPage>
      <App />
    </BrokenPage>
  </StrictMode>,
);
watchMissingPictures();
void loadCollection();
void loadServer();
onConnected(() => void loadServer()); // the server may have been updated
void followJobs().then(beginWithAJob);
