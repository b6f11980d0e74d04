import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { redact } from './redact.ts';

/** Where facts about the running gateway go: one JSON line each. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Longest text in a line, and longest line without its frame, both in bytes as JSON writes them (S32). */
const MAX_TEXT_BYTES = 2_000;
const MAX_LINE_BYTES = 7_000;
const MAX_DEPTH = 5;
const MAX_ITEMS = 50;

const sizeOf = (text: string) => Buffer.byteLength(JSON.stringify(text));

/** The beginning of `text` that takes `bytes` at most: some characters take six. */
const cut = (text: string, bytes: number): string => {
  let kept = text.slice(0, bytes);
  while (kept !== '' && sizeOf(kept) > bytes) kept = kept.slice(0, Math.floor(kept.length * 0.8));
  return kept.length === text.length ? text : `${kept}…`;
};

/**
 * Makes a copy of what is to be logged that holds no credential and fits on a line: texts redacted, errors as what they
 * say and never their properties, which may hold a whole request.
 */
const createCleaner = () => {
  let left = MAX_LINE_BYTES;

  const cleanText = (text: string): string => {
    // Cut before it is redacted, so that a text of megabytes costs nothing, and after it, because that may add to it.
    const cleaned = cut(
      redact(text.slice(0, 2 * MAX_TEXT_BYTES)),
      Math.max(0, Math.min(MAX_TEXT_BYTES, left)),
    );
    left -= sizeOf(cleaned);
    return cleaned;
  };

  const clean = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value === 'bigint') return cleanText(String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Error) {
      const { name, message, stack = '' } = value;
      return { name: cleanText(name), message: cleanText(message), stack: cleanText(stack) };
    }
    if (depth >= MAX_DEPTH || left <= 0) return '…';
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => clean(item, depth + 1));
    // Bytes, maps and the like have nothing to say that a line could hold.
    if (![Object.prototype, null].includes(Object.getPrototypeOf(value)))
      return `[${value.constructor.name}]`;
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MAX_ITEMS)
        .map(([name, inner]) => [cleanText(name), clean(inner, depth + 1)]),
    );
  };
  return clean;
};

/** A logger that never writes a credential, whatever it is handed. Writes to the standard error by default. */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // pino's own serializer for `err` would copy every property of an error.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          const clean = createCleaner();
          const [first, ...rest] = args as unknown[];
          const fields = first instanceof Error ? { err: first } : first;
          method.apply(this, [clean(fields), ...rest.map((text) => clean(text))] as typeof args);
        },
      },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
