import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { redact } from './redact.ts';

/** Where facts about the running gateway go: one JSON line each. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Longest text in a log line (S32). */
const MAX_TEXT = 2_000;

const cleanText = (text: string) => redact(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** Texts without credentials, and errors as what they say: never their properties, which may hold a whole request. */
const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return cleanText(value);
  if (value instanceof Error) {
    return { name: value.name, message: cleanText(value.message), stack: cleanText(value.stack ?? '') };
  }
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
};

/** A logger that never writes a credential, whatever it is handed. Writes to the standard error by default. */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => clean(fields) as Record<string, unknown>,
      },
      // pino's own serializer for `err` would copy every property of an error.
      serializers: { err: clean },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
