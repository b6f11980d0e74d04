type Listener = (reason: unknown) => void;

interface Shared<Watch> {
  readonly watch: Watch;
  readonly listeners: Set<Listener>;
}

/**
 * Lets all who watch over the same thing have one watch between them: it begins with the first and stops with the last of
 * them, and what ends it is told to all.
 */
export const createSharedWatches = <Owner extends object, Name, Watch extends { stop(): void }>(
  begin: (owner: Owner, name: Name, onEnd: Listener) => Watch,
) => {
  const watches = new WeakMap<Owner, Map<Name, Shared<Watch>>>();

  return (owner: Owner, name: Name, onEnd: Listener): Watch => {
    const own = watches.get(owner) ?? new Map<Name, Shared<Watch>>();
    watches.set(owner, own);
    const start = (): Shared<Watch> => {
      const listeners = new Set<Listener>();
      const end = (reason: unknown) => {
        own.delete(name);
        for (const listener of listeners) listener(reason);
      };
      return { watch: begin(owner, name, end), listeners };
    };
    const shared = own.get(name) ?? start();
    own.set(name, shared);
    const { watch, listeners } = shared;
    // Somebody may watch twice.
    const listener = (reason: unknown) => onEnd(reason);
    listeners.add(listener);
    return {
      ...watch,
      stop: () => {
        listeners.delete(listener);
        if (listeners.size > 0 || own.get(name) !== shared) return;
        own.delete(name);
        watch.stop();
      },
    };
  };
};
