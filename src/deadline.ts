/** Operations of one client that begin within this part of their time after the first of them end together with it. */
const TOGETHER = 1 / 100;

/**
 * When an operation is to end: as soon as `signal` is aborted, and when it has lasted too long. Those of one signal that
 * begin at about the same time share it, as the events of a burst do: each deadline is kept until its time has come.
 */
export const createDeadlines = (limitMs: number) => {
  const latest = new WeakMap<AbortSignal, { readonly madeAt: number; readonly deadline: AbortSignal }>();
  return (signal: AbortSignal): AbortSignal => {
    const now = performance.now();
    const known = latest.get(signal);
    if (known !== undefined && now - known.madeAt < limitMs * TOGETHER) return known.deadline;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    latest.set(signal, { madeAt: now, deadline });
    return deadline;
  };
};
