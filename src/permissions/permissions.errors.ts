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

export class PermissionUnknown extends failure({
  code: 'unknown_permission',
  status: 400,
  title: 'There is no such permission',
  detail: 'No permission has this name; `GET /v1/permissions` lists those that there are.',
}) {}

export class GroupNameTaken extends failure({
  code: 'group_name_taken',
  status: 409,
  title: 'Another group has this name',
  detail: 'Upper and lower case, and other ways to write the same letters, make no difference.',
}) {}

export class AnonymousGroupFixed extends failure({
  code: 'anonymous_group',
  status: 409,
  title: 'The group Anonymous is everybody',
  detail:
    'It cannot be renamed or deleted, has no members, and neither contains a group nor is contained in one.',
}) {}

export class SubjectInactive extends failure({
  code: 'subject_inactive',
  status: 400,
  title: 'This user is not active',
  detail: 'Whoever is not active is given nothing. Activate the account first.',
}) {}

export class TooMuchToTry extends failure({
  code: 'too_much_to_try',
  status: 409,
  title: 'The change touches too much to be tried',
  detail: 'Trying it would take longer than a trial may. It can be made nevertheless.',
}) {}
