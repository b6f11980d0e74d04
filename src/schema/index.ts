import { builder } from '../builder.ts';
import './account.ts';
import './contact.ts';
import './client.ts';
import './site.ts';
import './user.ts';
import './group.ts';
import './domain.ts';
import './subscriber-query.ts';
import './link.ts';
import './viewer.ts';
import './session.ts';

/** The schema that clients see: every noun above, in the order in which they build on each other. */
export const schema = builder.toSchema();
