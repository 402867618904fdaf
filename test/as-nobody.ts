/** Does something without the rights of root, whom no file mode keeps out. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const user = process.geteuid!();
  if (user === 0) process.seteuid!(65_534);
  try {
    return await work();
  } finally {
    if (user === 0) process.seteuid!(0);
  }
}
