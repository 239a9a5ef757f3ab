const said = new Set<string>();

/** Tells the user something that is no error: the engine shows what a dynamic provider prints. */
export function warn(message: string): void {
  process.stdout.write(`warning: ${message}\n`);
}

/** The same, once a process: check runs for every resource, and a dead agent is one piece of news. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  warn(message);
}
