import { backendCases, remotes } from "./backend";
import { describeLives } from "./life";

describeLives(backendCases, { remotes });
