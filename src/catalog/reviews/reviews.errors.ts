import { failure } from '../../common/failure.js';

export class AlreadyReviewed extends failure({
  code: 'already_reviewed',
  status: 409,
  title: 'You have reviewed this product already',
  detail: 'Everybody has one review of a product: change yours.',
}) {}
