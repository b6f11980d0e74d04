import { getApplication, listApplications, putApplication } from './application.ts';
import { postAuthorize } from './authorize.ts';
import type { Service } from './service.ts';
import { getToken, postToken } from './token.ts';

/** Who is who: tokens and what they say (facts §2). */
export const authentication: Service = {
  name: 'authentication',
  open: {
    'POST /token': postToken,
    'POST /authorize': postAuthorize,
  },
  routes: {
    'GET /token': getToken,
    'GET /apps': listApplications,
    'GET /applications/{applicationId}': getApplication,
    'PUT /applications/{applicationId}': putApplication,
  },
};
