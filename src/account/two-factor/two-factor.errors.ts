import { failure } from '../../common/failure.js';

export class SecondFactorDemanded extends failure({
  code: 'second_factor_demanded',
  status: 409,
  title: 'You must have a second factor',
  detail: 'It is the last one, and this account may not be without. Add another one first.',
}) {}
