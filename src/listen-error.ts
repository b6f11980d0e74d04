/** Why an address cannot be listened on, by what the system calls it, and whether the port or the host is to blame. */
const problems = {
  EADDRINUSE: ['port', 'is in use by another process; choose another one'],
  EACCES: ['port', 'needs more rights than this user has; choose one above 1023'],
  EADDRNOTAVAIL: ['host', 'is not an address of this machine'],
  ENOTFOUND: ['host', 'is not the name of any machine'],
  EAI_AGAIN: ['host', 'cannot be looked up'],
} as const;

const isKnown = (code: unknown): code is keyof typeof problems =>
  typeof code === 'string' && Object.hasOwn(problems, code);

const codeOf = (error: unknown): unknown => {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
};

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The setting that the port comes from. */
  readonly variable: 'PORT' | 'SANDBOX_PORT';
}

/** One line that names the setting to change; null for an error that no setting causes. */
export const explainListenError = (error: unknown, { host, port, variable }: Address): string | null => {
  const code = codeOf(error);
  if (!isKnown(code)) return null;
  const [culprit, problem] = problems[code];
  return culprit === 'host'
    ? `HOST: ${host} ${problem}; for example HOST=127.0.0.1`
    : `${variable}: ${port} ${problem}; for example ${variable}=0 for any free one`;
};
