import { InvalidArgumentError } from "commander";

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    if (!/^[0-9]{1,9}$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`expected a whole number, ${least} or more`);
    return Number(text);
  };
}

/** Permission bits of a socket. Whoever may open it may do everything, so there are none for everybody. */
export function socketMode(text: string): number {
  const mode = Number.parseInt(text, 8);
  if (!/^0?[0-7]{3}$/.test(text) || (mode & 0o600) !== 0o600 || (mode & 0o007) !== 0)
    throw new InvalidArgumentError("expected 600, or 660 to let the socket's group in, too");
  return mode;
}
