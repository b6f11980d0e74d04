/**
 * Waits for one promise after the other: answers what comes of it, or throws the reason of `signal` as soon as that is
 * aborted, and where it was before. It listens once: a listener for each promise makes the signal lay out its list of
 * listeners anew each time, and each of these lists outlives what is cleared cheaply.
 */
export const createUnlessAborted = (signal: AbortSignal) => {
  let stop = (_reason: unknown): void => undefined;
  signal.addEventListener('abort', () => stop(signal.reason), { once: true });

  return async <Result>(promise: Promise<Result>): Promise<Result> => {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    stop = reject;
    if (signal.aborted) stop(signal.reason);
    const result = await Promise.race([promise, aborted]);
    signal.throwIfAborted();
    return result;
  };
};
