import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/** SQLite's codes for a lock that is held by another process and for one that the file system refuses: they overlap. */
export const isLockFault = (code: string): boolean =>
  ['SQLITE_BUSY', 'SQLITE_PERM', 'SQLITE_PROTOCOL'].includes(code) || code.startsWith('SQLITE_IOERR_LOCK');

/** Whether the file system of a folder locks files, tested on a database of its own. */
export function canLock(folder: string): boolean {
  const file = join(folder, `lock-test-${process.pid}`);
  let sql: Database.Database | undefined;
  try {
    sql = new Database(file);
    sql.exec('BEGIN EXCLUSIVE; COMMIT');
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && isLockFault(String(error.code)));
  } finally {
    sql?.close();
    rmSync(file, { force: true });
  }
}
