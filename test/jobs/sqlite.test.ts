import { describeJobQueue } from './job-queue.suite.ts';
import { SqliteStorage } from './sqlite-storage.ts';

describeJobQueue('SQLite', () => SqliteStorage.create());
