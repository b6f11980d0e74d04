/** What a handler answers: the body is any JSON value, or bytes as they are. Refusals are thrown as a `Failure`. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}
