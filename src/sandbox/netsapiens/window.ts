import { required } from './operation.ts';
import type { Parameters } from './request.ts';

/** A span of time, both ends included, in milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A zone-less time as clients write it, a date alone included; undefined where it is none. The zone is UTC. */
export const parseTime = (text: string): number | undefined => {
  const [, date, time = '00:00:00'] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

/** `start_date` and `end_date`, both required; undefined where one cannot be read, which is no error (facts §3.5). */
export const readWindow = (parameters: Parameters): Window | undefined => {
  const from = parseTime(required(parameters, 'start_date'));
  const to = parseTime(required(parameters, 'end_date'));
  return from === undefined || to === undefined ? undefined : { from, to };
};
