/** What comes of `promise`; the reason of `signal`, thrown as soon as that is aborted, and where it was before. */
export const unlessAborted = async <Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const result = await Promise.race([promise, aborted]);
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
