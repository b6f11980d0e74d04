import type { FeedRecords } from '../state/feed-record.ts';

/** It is said this often that deliveries are taken here. */
const LISTEN_MS = 4_000;
/** What was answered is good for so long: shorter than any silence that is noticed. */
const ANSWER_LIFE_MS = 2_000;

/**
 * Says for the whole process that it takes deliveries, also while nobody follows anything here, and answers as
 * {@link FeedRecords.listen} does: all feeds together ask once.
 */
export const createListening = (records: FeedRecords) => {
  let answer: Promise<number> | null = null;
  let askedAt = -Infinity;

  const listen = (): Promise<number> => {
    if (answer !== null && performance.now() - askedAt < ANSWER_LIFE_MS) return answer;
    askedAt = performance.now();
    const own = records.listen();
    answer = own;
    own.catch(() => {
      if (answer === own) answer = null;
    });
    return own;
  };

  // Where Redis is away, nobody listens.
  const telling = setInterval(() => void listen().catch(() => undefined), LISTEN_MS).unref();

  return { listen, close: () => clearInterval(telling) };
};
