import { department } from './object/department.ts';
import { domain } from './object/domain.ts';
import { subscriber } from './object/subscriber.ts';
import type { PlatformObject } from './operation.ts';

/** Every object of the API that the sandbox has. A new one is a file in `object/` and a line here. */
export const objects: ReadonlyMap<string, PlatformObject> = new Map(
  Object.entries({ department, domain, subscriber }),
);
