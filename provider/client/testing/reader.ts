/** A process that reads one volume, or finds no agent, and is then done: `reader <address>`. Nothing ends it by force. */
import { typeByNoun } from "../../catalogue";
import { connect } from "..";

const agent = connect({ address: process.argv[2] ?? "", attempts: 2 });
const say = (text: string) => void process.stdout.write(text);

agent.get(typeByNoun("NullVolume"), "nullVolumes/vol0").then(
  ({ name }) => say(`read ${String(name)}`),
  (error: unknown) => say(`error ${(error as Error).message}`),
);
