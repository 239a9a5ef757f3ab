import { nvmeCases } from "./frontend";
import { describeLives } from "./life";

describeLives(nvmeCases);
