import type { Answer } from './answer.ts';

// Facts A-06: the names are not documented, so clients should go by the status.
const names: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  422: 'UnprocessableEntityError',
  429: 'TooManyRequestsError',
  500: 'InternalServerError',
  504: 'GatewayTimeoutError',
};

/** A service refuses: thrown anywhere in a handler, it becomes the answer `{name, message}` (facts §3.6). */
export class Failure extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = names[status] ?? 'InternalServerError';
    this.status = status;
    this.headers = headers;
  }

  toAnswer(): Answer {
    return { status: this.status, headers: this.headers, body: { name: this.name, message: this.message } };
  }
}

/** The gateway in front of the services refuses: its bodies carry a message and no name (facts A-07). */
export class GatewayFailure extends Failure {
  override toAnswer(): Answer {
    return { status: this.status, headers: this.headers, body: { message: this.message } };
  }
}

export const notFound = (): Failure => new Failure(404, 'Not Found');
export const forbidden = (): Failure => new Failure(403, 'Forbidden');
/** What the gateway says to a token that is missing, malformed, forged or expired. */
export const unauthorized = (): GatewayFailure => new GatewayFailure(401, 'Unauthorized');
