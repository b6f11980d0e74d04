import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much more than was left the last time may lie in memory before it is cleared again. */
const MOST_BYTES = 24 * 1024 * 1024;

const heldBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/**
 * Clears what a long answer has left behind in memory, when that has become much. V8 would let it grow to several times
 * what is in use before it looks, which is right for short requests and more than 100 MB in an export. To hold V8 back
 * by flags makes every large request of the process about a third dearer; this costs an export about 60 ms of processor
 * time for 1,000 calls, and nobody else more than a pause of some 30 ms each time.
 */
export const createClearGarbage = (): (() => void) => {
  let collect: (() => void) | undefined;
  let left = 0;
  return () => {
    if (heldBytes() - left < MOST_BYTES) return;
    if (collect === undefined) {
      // The function is there in contexts that are made after the flag is set, and in those only.
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
    }
    collect();
    left = heldBytes();
  };
};
