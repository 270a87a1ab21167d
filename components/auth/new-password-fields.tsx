"use client";

import { PasswordInput, TextInput } from "@mantine/core";

type NewPasswordFieldsProps = { errors: Readonly<Record<string, string>>; mail?: string };

/** Name and password of a new user. The mail address stands there hidden, for password managers. */
export function NewPasswordFields({ errors, mail }: NewPasswordFieldsProps) {
  return (
    <>
      {mail && <input type="email" name="username" autoComplete="username" value={mail} readOnly hidden />}
      <TextInput
        name="displayName"
        label="Your name"
        description="As others see it."
        autoComplete="name"
        required
        error={errors.displayName}
      />
      <PasswordInput
        name="password"
        label="Password"
        description="12 characters or more: several words are fine."
        autoComplete="new-password"
        required
        error={errors.password}
      />
    </>
  );
}
