import { Check } from '../../common/fields.js';
import { PasswordField } from '../../users/user-fields.js';

export class ReauthenticateDto {
  @PasswordField()
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  password!: string;
}
