import { failure } from '../common/failure.js';

export class BeyondOwnRights extends failure({
  code: 'beyond_own_rights',
  status: 403,
  title: 'This is beyond your own rights',
  detail:
    'Nobody gives, or takes part in, what they do not hold, and nobody changes somebody who may do more than they.',
}) {}

export class GroupsInCircle extends failure({
  code: 'groups_in_circle',
  status: 409,
  title: 'A group cannot contain itself',
  detail: 'The group that was to be included contains this one, directly or through others.',
}) {}
